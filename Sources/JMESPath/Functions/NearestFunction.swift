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
        return nearest(to: name, among: allCases.map(\.rawValue))
    }

    /// The candidate that a misspelt name most likely means; nil when none is near.
    static func nearest(to name: String, among names: [String]) -> String? {
        let wanted = Array(name.lowercased().utf8.prefix(64))
        let candidates = names.map { candidate in
            (name: candidate, distance: editDistance(wanted, Array(candidate.lowercased().utf8.prefix(64))))
        }
        let best = candidates.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        guard let best else { return nil }
        let length = Swift.max(wanted.count, best.name.utf8.count)
        return best.distance <= Swift.max(1, length / 3) && best.distance < length ? best.name : nil
    }

    /// How many bytes have to be inserted, removed, replaced or swapped with their neighbour (optimal string alignment).
    private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let replaced = last[column] + (byte == other ? 0 : 1)
                var distance = Swift.min(last[column + 1] + 1, current[column] + 1, replaced)
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    distance = Swift.min(distance, beforeLast[column - 1] + 1)
                }
                current.append(distance)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
