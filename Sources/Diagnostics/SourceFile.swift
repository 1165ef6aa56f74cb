public import JSONSlices

/// The text of one file that an operator wrote, and the way from a byte in it to a line and a column.
public final class SourceFile: Sendable {
    /// The path as the operator would type it; diagnostics begin with it.
    public let path: String
    public let bytes: [UInt8]
    /// Whether messages may show the text: not where it may be a secret.
    public let isQuotable: Bool
    /// Whether a person finds lines and columns in it: not in what stands for a file, such as an environment variable.
    public let hasLines: Bool
    /// Where the text was written, when it was put together from several files.
    let map: SourceMap?
    /// The byte offset at which each line begins; the first is 0.
    private let lineStarts: [Int]

    public init(path: String, bytes: [UInt8], isQuotable: Bool = true, hasLines: Bool = true, map: SourceMap? = nil) {
        self.path = path
        self.bytes = bytes
        self.isQuotable = isQuotable
        self.hasLines = hasLines
        self.map = map
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        self.lineStarts = starts
    }

    /// A place as editors count it: lines and columns from 1, a column per Unicode scalar.
    public struct Position: Hashable, Sendable {
        public var line: Int
        public var column: Int
    }

    /// The line and column of a byte offset. An offset beyond the end is the end.
    public func position(of offset: Int) -> Position {
        let offset = min(max(offset, 0), bytes.count)
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        let column = bytes[lineStarts[low]..<offset].count { $0 & 0xC0 != 0x80 } + 1
        return Position(line: low + 1, column: column)
    }

    /// The text of a line (from 1) without its line break; bytes that are no UTF-8 are replaced.
    public func text(ofLine line: Int) -> String {
        guard line >= 1, line <= lineStarts.count else { return "" }
        let start = lineStarts[line - 1]
        var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// Where a byte of a string's decoded text stands in the file, so that an error inside an expression points into
    /// the JSON string that holds it, escapes counted.
    ///
    /// - Parameter decodedOffset: UTF-8 offset in the decoded string; its length or more gives the closing quote.
    public func offset(ofDecoded decodedOffset: Int, in string: JSONSlice) -> Int {
        var raw = string.byteRange.lowerBound + 1
        let end = max(raw, string.byteRange.upperBound - 1)
        var decoded = 0
        while raw < end, decoded < decodedOffset {
            guard bytes[raw] == UInt8(ascii: "\\"), raw + 1 < end else {
                raw += 1
                decoded += 1
                continue
            }
            guard bytes[raw + 1] == UInt8(ascii: "u") else {
                raw += 2
                decoded += 1
                continue
            }
            let (width, length) = unicodeEscape(at: raw, end: end)
            raw += width
            decoded += length
        }
        return min(raw, end)
    }

    /// The bytes that a `\u` escape takes in the file, and in UTF-8 once decoded.
    private func unicodeEscape(at offset: Int, end: Int) -> (width: Int, length: Int) {
        guard offset + 6 <= end else { return (end - offset, 1) }
        let digits = String(decoding: bytes[offset + 2..<offset + 6], as: UTF8.self)
        switch UInt32(digits, radix: 16) ?? 0 {
        case 0..<0x80: return (6, 1)
        case 0x80..<0x800: return (6, 2)
        case 0xD800..<0xDC00: return (12, 4)
        default: return (6, 3)
        }
    }
}
