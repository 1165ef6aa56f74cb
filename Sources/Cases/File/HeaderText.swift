/// Which texts HTTP allows in a field (RFC 9110, section 5).
enum HeaderText {
    /// A `token`.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: punctuation.contains(byte)
                }
            }
    }

    /// A `field-value`: no control characters but the tab, and no white space at either end.
    static func isValue(_ text: String) -> Bool {
        let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        if let first = text.utf8.first, let last = text.utf8.last, blanks.contains(first) || blanks.contains(last) {
            return false
        }
        return text.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == UInt8(ascii: "\t") }
    }

    private static let punctuation: [UInt8] = Array("!#$%&'*+-.^_`|~".utf8)
}
