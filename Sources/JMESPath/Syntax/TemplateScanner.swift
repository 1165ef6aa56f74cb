/// Splits the text of a template, as files of Medley have them, into literal text and the sources of its expressions.
///
/// A brace opens an expression; the scanner knows JMESPath's quotes (`'…'`, `"…"`, `` `…` ``, each with backslash
/// escapes) and nested braces, so that `{user.{id: id}}` is one expression and `{'{'}` is a literal brace.
public struct TemplateScanner {
    public enum Piece: Equatable {
        case text(String)
        /// An expression, and the UTF-8 offset of its first byte in the template.
        case expression(String, offset: Int)
    }

    public struct Failure: Error, Equatable {
        public var message: String
        public var help: String?
        /// UTF-8 offsets in the template.
        public var range: Range<Int>
    }

    private let bytes: [UInt8]
    private var position = 0

    public static func scan(_ text: String) throws(Failure) -> [Piece] {
        var scanner = TemplateScanner(bytes: Array(text.utf8))
        return try scanner.pieces()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func pieces() throws(Failure) -> [Piece] {
        if bytes.starts(with: Array("{{".utf8)) {
            throw Failure(
                message: "a template's expressions stand in single braces",
                help: "write {name} for a value, {'{'} for a literal brace",
                range: 0..<2
            )
        }
        var pieces: [Piece] = []
        var start = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"):
                appendText(from: start, to: &pieces)
                let open = position
                let end = try endOfExpression(openedAt: open)
                let source = String(decoding: bytes[open + 1..<end], as: UTF8.self)
                guard source.utf8.contains(where: { $0 != UInt8(ascii: " ") }) else {
                    throw Failure(
                        message: "an empty expression",
                        help: "write {'{}'} for literal braces",
                        range: open..<end + 1
                    )
                }
                pieces.append(.expression(source, offset: open + 1))
                position = end + 1
                start = position
            case UInt8(ascii: "}"):
                throw Failure(
                    message: "'}' without its '{'",
                    help: "write {'}'} for a literal brace",
                    range: position..<position + 1
                )
            default:
                position += 1
            }
        }
        appendText(from: start, to: &pieces)
        return pieces
    }

    private func appendText(from start: Int, to pieces: inout [Piece]) {
        guard start < position else { return }
        pieces.append(.text(String(decoding: bytes[start..<position], as: UTF8.self)))
    }

    /// The offset of the brace that closes the expression opened at `open`.
    private func endOfExpression(openedAt open: Int) throws(Failure) -> Int {
        var depth = 0
        var index = open
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "{"):
                depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return index }
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
                index = try endOfQuote(openedAt: index)
            default:
                break
            }
            index += 1
        }
        throw Failure(
            message: "'{' is not closed",
            help: "close it with '}', or write {'{'} for a literal brace",
            range: open..<open + 1
        )
    }

    private func endOfQuote(openedAt open: Int) throws(Failure) -> Int {
        let quote = bytes[open]
        var index = open + 1
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 2
                continue
            }
            if bytes[index] == quote { return index }
            index += 1
        }
        let mark = Character(Unicode.Scalar(quote))
        throw Failure(message: "\(mark) is not closed", help: "close it with \(mark)", range: open..<open + 1)
    }
}
