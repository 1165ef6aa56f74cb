/// Names of requests, for logs and for support: unique, cheap, and without meaning.
struct RequestID {
    /// Ours: a random prefix per event loop and start, and a counter. 24 hexadecimal digits.
    private let prefix: String
    private var next: UInt32

    init() {
        prefix = Self.hex(UInt64.random(in: .min ... .max), digits: 16)
        next = UInt32.random(in: .min ... .max)
    }

    mutating func make() -> String {
        next &+= 1
        return prefix + Self.hex(UInt64(next), digits: 8)
    }

    /// Whether a client's id is taken over: 1 to 128 bytes of `A-Z a-z 0-9 . _ ~ + / = : -`, nothing that could
    /// break a log line or a header.
    static func isWellFormed(_ text: String) -> Bool {
        guard (1...128).contains(text.utf8.count) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"),
                UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "-"):
                true
            default:
                false
            }
        }
    }

    private static func hex(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
