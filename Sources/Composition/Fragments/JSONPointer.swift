/// The way from the top of a JSON document to a value in it (RFC 6901).
struct JSONPointer {
    /// Names of members and numbers of elements, escapes resolved.
    let tokens: [String]

    /// - Parameter fragment: as it stands behind a `#` (section 6): percent-encoded UTF-8.
    init(parsing fragment: String) throws(Reference.Failure) {
        guard !fragment.isEmpty else {
            tokens = []
            return
        }
        guard fragment.hasPrefix("/") else {
            throw Reference.Failure(message: "behind '#' stands a path of names", help: "write '#/\(fragment)'")
        }
        var tokens: [String] = []
        for token in fragment.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = PercentDecoding.decode(token.utf8, plusIsSpace: false) else {
                throw Reference.Failure(
                    message: "'\(token)' is no percent-encoded UTF-8",
                    help: "write '%25' for a percent sign"
                )
            }
            tokens.append(try Self.unescaped(decoded))
        }
        self.tokens = tokens
    }

    var text: String { text(ofFirst: tokens.count) }

    /// The text of the first so many steps, as it is written behind a `#`.
    func text(ofFirst count: Int) -> String {
        tokens.prefix(count).map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    }

    /// The number of an element: digits without a leading zero (section 4).
    static func index(_ token: String) -> Int? {
        guard token.utf8.allSatisfy(Names.isDigit), token == "0" || !token.hasPrefix("0") else { return nil }
        return Int(token)
    }

    /// Section 3: `~1` is a slash, `~0` a tilde.
    private static func unescaped(_ token: String) throws(Reference.Failure) -> String {
        let pieces = token.split(separator: "~", omittingEmptySubsequences: false)
        var text = String(pieces.first ?? "")
        for piece in pieces.dropFirst() {
            switch piece.first {
            case "0": text += "~" + piece.dropFirst()
            case "1": text += "/" + piece.dropFirst()
            default:
                throw Reference.Failure(
                    message: "'~' stands alone in '\(token)'",
                    help: "write '~0' for '~', '~1' for '/'"
                )
            }
        }
        return text
    }
}
