/// The fields of a header section, kept as the bytes in which they came and read only when asked for: most responses
/// are never asked.
public struct HeaderSection: Sendable {
    /// Positions in `bytes`; a field begins where the one before it ends.
    private struct Field {
        var nameEnd: Int
        var valueStart: Int
        var valueEnd: Int
    }

    /// The lines, one behind the other, without their ends.
    private var bytes: [UInt8] = []
    private var ends: [Field] = []

    public init() {}

    /// A section made of fields whose names and values are those of a header section.
    public init(_ fields: [HeaderField]) {
        bytes.reserveCapacity(fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count })
        ends.reserveCapacity(fields.count)
        for field in fields {
            bytes += field.name.utf8
            let start = bytes.count
            bytes += field.value.utf8
            ends.append(Field(nameEnd: start, valueStart: start, valueEnd: bytes.count))
        }
    }

    /// The number of fields.
    public var count: Int { ends.count }

    /// Every field in the order received. Bytes that are not UTF-8 are read as U+FFFD.
    public var fields: [HeaderField] {
        ends.indices.map { HeaderField(name: text(nameRange($0)), value: text(valueRange($0))) }
    }

    /// The values of the fields of that name, compared without regard to ASCII case, in the order received.
    public func values(of name: String) -> [String] {
        ends.indices.compactMap { isNamed(name, $0) ? text(valueRange($0)) : nil }
    }

    /// Adds a field by its line: the name is what stands before `colon`, the value begins at `value`, and ends with the
    /// line.
    mutating func append(line: UnsafeBufferPointer<UInt8>, colon: Int, value: Int) {
        if ends.isEmpty {
            bytes.reserveCapacity(512)
            ends.reserveCapacity(16)
        }
        let start = bytes.count
        bytes.append(contentsOf: line)
        ends.append(Field(nameEnd: start + colon, valueStart: start + value, valueEnd: bytes.count))
    }

    /// Adds to the value of the last field, after a space if there is one: a folded line (RFC 9112, section 5.2).
    mutating func extendLast(by continuation: some Collection<UInt8>) {
        guard let last = ends.last else { return }
        if last.valueStart < last.valueEnd { bytes.append(0x20) }
        bytes.append(contentsOf: continuation)
        ends[ends.count - 1].valueEnd = bytes.count
    }

    private func isNamed(_ name: String, _ index: Int) -> Bool {
        let range = nameRange(index)
        return range.count == name.utf8.count
            && zip(bytes[range], name.utf8).allSatisfy {
                HeaderValidation.lowercased($0) == HeaderValidation.lowercased($1)
            }
    }

    private func nameRange(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[index - 1].valueEnd)..<ends[index].nameEnd
    }

    private func valueRange(_ index: Int) -> Range<Int> {
        ends[index].valueStart..<ends[index].valueEnd
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }
}
