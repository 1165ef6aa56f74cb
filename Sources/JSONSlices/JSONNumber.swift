/// A number as JSON writes it (RFC 8259, section 6), with every digit: `1.10` and `12345678901234567890` stay what they
/// are. Equal when written alike; which numbers have the same value is a question for who computes with them.
public struct JSONNumber: Hashable, Sendable {
    public let text: String

    /// nil unless the text is a number in JSON's grammar and nothing else.
    public init?(text: String) {
        var copy = text
        let isNumber = copy.withUTF8 { bytes -> Bool in
            guard let base = bytes.baseAddress, let first = bytes.first else { return false }
            guard first == ASCII.minus || ASCII.isDigit(first) else { return false }
            let scanner = JSONScanner(base: base, end: bytes.count)
            return (try? scanner.skipNumber(from: 0)) == bytes.count
        }
        guard isNumber else { return nil }
        self.text = copy
    }

    public init(_ int: Int) {
        text = String(int)
    }
}
