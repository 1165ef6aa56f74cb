import JSONSlices

extension ComparableJSON {
    /// The value as JSON, an object's members by name.
    var bytes: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.finish()
    }

    private func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.write(.null)
        case .bool(let value): writer.write(.bool(value))
        case .number(let number): writer.write(JSONNumber(text: number.text).map { .number($0) } ?? .null)
        case .string(let bytes): writer.write(string: String(decoding: bytes, as: UTF8.self))
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.write(to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for (key, value) in members.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                writer.key(String(decoding: key, as: UTF8.self))
                value.write(to: &writer)
            }
            writer.endObject()
        }
    }
}

extension ComparableJSON.Decimal {
    /// In JSON's grammar.
    fileprivate var text: String {
        let digits = String(decoding: digits, as: UTF8.self)
        // One whose exponent is beyond counting is kept as it was spelled.
        guard !digits.isEmpty, exponent != .max else { return digits.isEmpty ? "0" : digits }
        let sign = isNegative ? "-" : ""
        return exponent == digits.utf8.count ? sign + digits : "\(sign)0.\(digits)e\(exponent)"
    }
}
