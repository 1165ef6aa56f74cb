/// One value of a document: a reference to it and the number of a node. Cheap to copy, keeps the document alive.
public struct JSONSlice: Sendable {
    public let document: JSONDocument

    /// The value's place in the document's index.
    let node: Int

    init(document: JSONDocument, node: Int) {
        self.document = document
        self.node = node
    }

    public var kind: JSONKind {
        document.tape[node].kind
    }

    /// Where the value stands in ``JSONDocument/bytes``; a string with its quotes.
    public var byteRange: Range<Int> {
        let entry = document.tape[node]
        return Int(entry.start)..<Int(entry.end)
    }

    /// The elements of an array, the members of an object (duplicates each for itself); 0 for any other value.
    public var count: Int {
        document.tape[node].count
    }

    /// The string's text with its escapes resolved; nil when this is no string.
    public var string: String? {
        let entry = document.tape[node]
        guard entry.isString else { return nil }
        return withContent { content in
            entry.hasEscapes
                ? String(decoding: EscapedText.decode(content), as: UTF8.self)
                : String(decoding: content, as: UTF8.self)
        }
    }

    /// nil when this is neither `true` nor `false`.
    public var bool: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The number with every digit as it was written; nil when this is no number.
    public var numberText: String? {
        guard kind == .number else { return nil }
        return withUTF8 { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether this is a string with exactly the code points of `key`. Makes no string.
    public func isString(_ key: JSONKey) -> Bool {
        let entry = document.tape[node]
        return entry.isString && document.string(entry, equals: key)
    }

    /// Calls `body` with the bytes of this value as they stand in the document, quotes and inner whitespace included.
    /// They are valid during the call alone.
    @inlinable
    public func withUTF8<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        try document.bytes[byteRange].withUnsafeBufferPointer(body)
    }

    /// The bytes between a string's quotes, escapes unresolved.
    private func withContent<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withUTF8 { body(UnsafeBufferPointer(rebasing: $0.dropFirst().dropLast())) }
    }
}
