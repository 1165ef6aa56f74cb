/// Builds the URL of a call byte by byte, encoding each value for the place where it stands (RFC 3986).
struct URLBuilder {
    enum Place {
        /// pchar: unreserved, sub-delims, ":" and "@" stand as they are.
        case pathSegment
        /// A query's name or value: only unreserved characters stand as they are, so that no reader can split it.
        case queryComponent
    }

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

    mutating func appendEncoded(_ text: String, as place: Place) {
        for byte in text.utf8 {
            if Self.mayStand(byte, in: place) {
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
        appendEncoded(name, as: .queryComponent)
        bytes.append(UInt8(ascii: "="))
        appendEncoded(value, as: .queryComponent)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func mayStand(_ byte: UInt8, in place: Place) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"),
            UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "@"):
            place == .pathSegment
        default:
            false
        }
    }
}
