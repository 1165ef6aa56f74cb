/// Reads what a `ByteWriter` has written; nil beyond the end, and for texts that are not UTF-8.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func u8() -> UInt8? { rest.popFirst() }
    mutating func u16() -> UInt16? { number() }
    mutating func u32() -> UInt32? { number() }
    mutating func u64() -> UInt64? { number() }
    mutating func i64() -> Int64? { u64().map(Int64.init(bitPattern:)) }

    mutating func shortText() -> String? {
        u16().flatMap { text(Int($0)) }
    }

    mutating func longText() -> String? {
        u32().flatMap { text(Int($0)) }
    }

    /// A count and so many short texts.
    mutating func texts(limit: Int) -> [String]? {
        guard let count = u16(), count <= limit else { return nil }
        var texts: [String] = []
        for _ in 0..<count {
            guard let text = shortText() else { return nil }
            texts.append(text)
        }
        return texts
    }

    private mutating func text(_ count: Int) -> String? {
        take(count).flatMap { String(validating: $0, as: UTF8.self) }
    }

    private mutating func number<Number: FixedWidthInteger & UnsignedInteger>() -> Number? {
        let size = MemoryLayout<Number>.size
        guard let bytes = take(size) else { return nil }
        var number: Number = 0
        for byte in bytes.reversed() { number = number << 8 | Number(byte) }
        return number
    }
}
