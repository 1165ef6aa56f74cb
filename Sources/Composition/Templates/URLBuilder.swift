/// Builds the URL of a call byte by byte.
///
/// Of a value only unreserved characters stand as they are (RFC 3986, section 2.3), in a path segment as in a query: no
/// reader can take a part of it for a delimiter, not even one that splits segments at `;` or queries at `+`.
struct URLBuilder {
    private var bytes: [UInt8] = []
    private var hasQuery = false

    init(base: String) {
        bytes.reserveCapacity(base.utf8.count + 64)
        bytes.append(contentsOf: base.utf8)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Appends text that is known to be fit for a URL as it stands.
    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func appendEncoded(_ text: String) {
        for byte in text.utf8 {
            if Self.isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(Self.hexDigit(byte >> 4))
                bytes.append(Self.hexDigit(byte & 15))
            }
        }
    }

    mutating func appendQuery(name: String, value: String) {
        bytes.append(hasQuery ? UInt8(ascii: "&") : UInt8(ascii: "?"))
        hasQuery = true
        appendEncoded(name)
        bytes.append(UInt8(ascii: "="))
        appendEncoded(value)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default:
            false
        }
    }
}
