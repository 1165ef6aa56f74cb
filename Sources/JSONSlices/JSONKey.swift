/// A member's name, prepared once: its text for look-up and its written form for ``JSONWriter/key(prepared:)``.
///
/// Two keys are equal when they have the same code points. `String`'s own equality would also take `é` and `e` with a
/// combining accent for the same name; JSON does not (RFC 8259, section 8.3).
public struct JSONKey: Hashable, Sendable, ExpressibleByStringLiteral {
    public let string: String

    /// The name's text, no quotes and no escapes.
    public let utf8: [UInt8]

    /// The name as it is written into a document: quoted, escaped, and with the colon.
    let written: [UInt8]

    public init(_ string: String) {
        self.string = string
        utf8 = Array(string.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count + 3)
        StringEscaping.append(string, to: &bytes)
        bytes.append(ASCII.colon)
        written = bytes
    }

    public init(stringLiteral value: String) {
        self.init(value)
    }

    public static func == (left: JSONKey, right: JSONKey) -> Bool {
        left.utf8 == right.utf8
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(utf8)
    }
}
