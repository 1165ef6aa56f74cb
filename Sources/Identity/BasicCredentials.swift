/// The name and password of `Authorization: Basic` (RFC 7617, section 2).
struct BasicCredentials: Hashable {
    var user: String
    var password: String

    /// - Returns: nil for what is no base64 of UTF-8 with a colon, or holds a control character.
    init?(_ text: String) {
        let unpadded = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed().map { byte in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        guard text.utf8.count - unpadded.count <= 2, let bytes = Base64URL.decode(unpadded),
            let pair = String(validating: bytes, as: UTF8.self),
            !pair.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }),
            let colon = pair.utf8.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        user = String(pair[..<colon])
        password = String(pair[pair.utf8.index(after: colon)...])
    }
}
