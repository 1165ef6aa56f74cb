import Diagnostics
import JSONSlices

/// A text that is put together from pieces of files, with the origin of every byte.
struct ComposedText {
    private(set) var bytes: [UInt8] = []
    private var runs: [SourceMap.Run] = []

    var map: SourceMap { SourceMap(runs: runs, count: bytes.count) }

    /// Takes back what was appended since there were so many bytes.
    mutating func removeAll(from count: Int) {
        bytes.removeLast(max(0, bytes.count - count))
        while let last = runs.last, last.start >= count { runs.removeLast() }
    }

    /// Copies bytes of a value's file.
    mutating func copy(_ range: Range<Int>, of value: SourceValue) {
        guard !range.isEmpty else { return }
        begin(.copied(from: range.lowerBound), value)
        bytes += value.file.bytes[range]
    }

    /// Writes punctuation on behalf of an object with a reference.
    mutating func join(_ punctuation: StaticString, for object: SourceValue) {
        begin(.joint(object.slice.byteRange), object)
        append(punctuation)
    }

    /// As ``join(_:for:)``, where the reference leads nowhere.
    mutating func standIn(_ punctuation: StaticString, for object: SourceValue) {
        begin(.missing(object.slice.byteRange), object)
        append(punctuation)
    }

    private mutating func begin(_ origin: SourceMap.Origin, _ value: SourceValue) {
        runs.append(SourceMap.Run(start: bytes.count, file: value.file, origin: origin, use: value.use?.source))
    }

    private mutating func append(_ punctuation: StaticString) {
        punctuation.withUTF8Buffer { bytes += $0 }
    }
}
