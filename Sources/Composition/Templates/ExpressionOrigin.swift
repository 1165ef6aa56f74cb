import Diagnostics
import JMESPath
import JSONSlices

/// Where an expression stands: in a JSON string of a file, from a byte of the string's decoded text on.
///
/// A reference, so that templates stay small while requests copy them.
final class ExpressionOrigin: Sendable, CustomStringConvertible {
    let file: SourceFile
    private let text: Text

    private enum Text {
        /// UTF-8 offset of the expression's first byte in the decoded string.
        case string(JSONSlice, offset: Int)
        /// An expression that nobody wrote, and the bytes of the file that stand for it.
        case implied(Range<Int>)
    }

    init(file: SourceFile, string: JSONSlice, offset: Int) {
        self.file = file
        self.text = .string(string, offset: offset)
    }

    init(file: SourceFile, impliedAt range: Range<Int>) {
        self.file = file
        self.text = .implied(range)
    }

    /// Where a part of the expression stands in the file; at least one byte, so that there is something to see.
    ///
    /// - Parameter range: UTF-8 offsets into the expression's source.
    func place(of range: Range<Int>) -> Diagnostic.Place {
        switch text {
        case .implied(let whole):
            return Diagnostic.Place(file: file, range: whole)
        case .string(let string, let offset):
            let start = file.offset(ofDecoded: offset + range.lowerBound, in: string)
            let end = file.offset(ofDecoded: offset + max(range.upperBound, range.lowerBound + 1), in: string)
            return Diagnostic.Place(file: file, range: start..<max(start, end))
        }
    }

    /// `file:line:column` of the first byte, for the operator's log.
    var description: String { place(of: 0..<0).start }
}
