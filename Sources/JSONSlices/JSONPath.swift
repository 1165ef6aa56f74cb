/// Steps into a value, one after the other, prepared once to be followed any number of times: `total.amount`,
/// `images[0].url`.
///
/// To follow it looks at nothing but two blocks of plain numbers, so that a walk through a document touches no reference
/// counts. ``JSONSlice/follow(_:effort:)`` does so.
public final class JSONPath: Sendable {
    public enum Step: Hashable, Sendable {
        case member(JSONKey)
        /// Negative: counted from the end.
        case index(Int)
    }

    public let steps: [Step]

    /// ``steps`` once more, without references.
    let prepared: [PreparedStep]

    /// The names of all steps to members, one behind the other.
    let names: [UInt8]

    public init(_ steps: [Step]) {
        self.steps = steps
        var names: [UInt8] = []
        prepared = steps.map { PreparedStep($0, names: &names) }
        self.names = names
    }
}

/// A ``JSONPath/Step`` that is plain numbers.
struct PreparedStep {
    let isMember: Bool
    let index: Int

    /// Where the name stands among the names of the path.
    let name: Range<Int>

    /// The first eight bytes of the name as they stand in memory, and a mask of those that it has: most names are
    /// compared in one step.
    private let head: UInt64
    private let headMask: UInt64

    /// - Parameter names: where a name is put behind the others.
    init(_ step: JSONPath.Step, names: inout [UInt8]) {
        var head: UInt64 = 0
        switch step {
        case .member(let key):
            isMember = true
            index = 0
            name = names.count..<names.count + key.utf8.count
            names += key.utf8
            for byte in key.utf8.prefix(8).reversed() { head = head << 8 | UInt64(byte) }
        case .index(let index):
            isMember = false
            self.index = index
            name = 0..<0
        }
        self.head = head
        headMask = name.count < 8 ? 1 << UInt64(name.count * 8) - 1 : .max
    }

    /// Whether the name stands in `text` at `start`, which is as long as the name and inside of `text`.
    ///
    /// - Parameter names: those of the path that this step is of.
    @inline(__always)
    func isName(at start: Int, of text: UnsafeRawBufferPointer, in names: UnsafeRawBufferPointer) -> Bool {
        guard start &+ 8 <= text.count else {
            return ByteLanes.areEqual(
                UnsafeRawBufferPointer(rebasing: text[start..<start + name.count]),
                UnsafeRawBufferPointer(rebasing: names[name])
            )
        }
        let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        guard (word ^ head) & headMask == 0 else { return false }
        return name.count <= 8
            || ByteLanes.areEqual(
                UnsafeRawBufferPointer(rebasing: text[start + 8..<start + name.count]),
                UnsafeRawBufferPointer(rebasing: names[name.lowerBound + 8..<name.upperBound])
            )
    }
}
