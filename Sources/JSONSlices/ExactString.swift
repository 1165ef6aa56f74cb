/// A string that is compared, ordered and hashed by its code points.
///
/// `String`'s own `==` and `<` work on canonical equivalence: `é` equals `e` with a combining accent. JSON's names and
/// JMESPath's strings differ there. The order of UTF-8 bytes is the order of code points.
public struct ExactString: Hashable, Comparable, Sendable {
    public let string: String

    public init(_ string: String) {
        self.string = string
    }

    public static func == (left: ExactString, right: ExactString) -> Bool {
        left.string.utf8.elementsEqual(right.string.utf8)
    }

    public static func < (left: ExactString, right: ExactString) -> Bool {
        left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}
