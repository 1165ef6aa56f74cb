extension Function {
    /// The function that a misspelt name most likely means; nil when none is near.
    static func nearest(to name: String) -> String? {
        let known = [
            "concat": "join", "size": "length", "count": "length", "len": "length", "filter": "[?…]",
            "uppercase": "upper", "lowercase": "lower", "first": "[0]", "last": "[-1]", "number": "to_number",
            "string": "to_string", "coalesce": "not_null", "entries": "items", "average": "avg",
            "substring": "slice", "flatten": "[]", "group": "group_by", "strip": "trim", "round": "floor",
        ]
        let wanted = Array(name.lowercased().utf8.prefix(64))
        if let other = known[String(decoding: wanted, as: UTF8.self)] { return other }
        let candidates = allCases.map { (name: $0.rawValue, distance: editDistance(wanted, Array($0.rawValue.utf8))) }
        let best = candidates.min { $0.distance < $1.distance }
        guard let best else { return nil }
        let isNear = best.distance <= Swift.max(1, Swift.max(wanted.count, best.name.utf8.count) / 3)
        return isNear ? best.name : nil
    }

    /// How many bytes have to be inserted, removed or replaced (Levenshtein).
    private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var last = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                current.append(
                    Swift.min(last[column + 1] + 1, current[column] + 1, last[column] + (byte == other ? 0 : 1))
                )
            }
            last = current
        }
        return last[right.count]
    }
}
