/// The method and the path of an endpoint, as `"GET /home/{userId}"` states them.
public struct EndpointPattern: Hashable, Sendable, CustomStringConvertible {
    public enum Segment: Hashable, Sendable {
        case literal(String)
        case parameter(String)
        /// Everything from here on, also nothing; of a proxy alone.
        case rest(String)

        /// A literal's text without percent-encoding, as requests are matched; nil for a parameter.
        public var decodedLiteral: String? {
            guard case .literal(let text) = self else { return nil }
            return PercentDecoding.decode(text.utf8, plusIsSpace: false) ?? text
        }
    }

    public let method: String
    public let segments: [Segment]

    public var description: String { "\(method) \(path)" }

    public var path: String {
        "/"
            + segments.map { segment in
                switch segment {
                case .literal(let text): text
                case .parameter(let name): "{\(name)}"
                case .rest(let name): "{\(name)...}"
                }
            }.joined(separator: "/")
    }

    public var parameterNames: [String] {
        segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .parameter(let name), .rest(let name): name
            }
        }
    }

    /// Why a pattern was refused, and the UTF-8 offsets that are to blame.
    struct Failure: Error, Equatable {
        var message: String
        var help: String?
        var range: Range<Int>
    }

    static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    /// - Parameter isProxy: whether the method may be `ANY`, and the last segment `{rest...}`.
    init(parsing text: String, isProxy: Bool = false) throws(Failure) {
        let whole = 0..<text.utf8.count
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].hasPrefix("/") else {
            throw Failure(
                message: "an endpoint is a method, one space and a path",
                help: "for instance \"GET /home/{userId}\"",
                range: whole
            )
        }
        method = String(parts[0])
        let methodRange = 0..<method.utf8.count
        let methods = isProxy ? Self.methods + ["OPTIONS", "ANY"] : Self.methods
        guard methods.contains(method) else {
            throw Failure(
                message: "'\(method)' is no method that an endpoint can have",
                help: method == "HEAD" || (method == "OPTIONS" && !isProxy)
                    ? "HEAD is answered wherever GET is"
                    : method == "ANY"
                        ? "only an endpoint with 'proxy' answers any method"
                        : "one of " + methods.joined(separator: ", "),
                range: methodRange
            )
        }
        var segments: [Segment] = []
        var offset = method.utf8.count + 2
        for piece in parts[1].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let range = offset..<offset + piece.utf8.count
            if isProxy, range.upperBound == text.utf8.count, let rest = Self.rest(piece) {
                segments.append(.rest(rest))
            } else {
                segments.append(try Self.segment(piece, at: range))
            }
            offset = range.upperBound + 1
        }
        if segments == [.literal("")] { segments = [] }
        guard !segments.contains(.literal("")) else {
            throw Failure(
                message: "a path has no empty segments and no slash at its end",
                help: "\"\(method) \(parts[1].split(separator: "/").map { "/" + $0 }.joined())\"",
                range: whole
            )
        }
        if segments.first?.decodedLiteral == "_medley" {
            throw Failure(message: "paths below /_medley are the gateway's own", help: nil, range: whole)
        }
        self.segments = segments
        let names = parameterNames
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw Failure(message: "the parameter '\(twice)' stands twice in the path", help: nil, range: whole)
        }
    }

    /// What can be read of a pattern that is refused: its method and its parameters, so that the rest of the file can be
    /// checked.
    init(recovering text: String) {
        method = text.split(separator: " ", maxSplits: 1).first.map(String.init) ?? ""
        segments = text.split(separator: "/").compactMap { piece in
            let name = String(piece.dropFirst().dropLast())
            return piece.hasPrefix("{") && Names.isName(name) ? .parameter(name) : nil
        }
    }

    /// The name in `{name...}`.
    private static func rest(_ piece: Substring) -> String? {
        guard piece.hasPrefix("{"), piece.hasSuffix("...}") else { return nil }
        let name = String(piece.dropFirst().dropLast(4))
        return Names.isName(name) && !Names.reserved.contains(name) ? name : nil
    }

    private static func segment(_ piece: Substring, at range: Range<Int>) throws(Failure) -> Segment {
        if piece.hasPrefix("{"), piece.hasSuffix("}"), piece.utf8.count > 2 {
            let name = String(piece.dropFirst().dropLast())
            guard Names.isName(name), !Names.reserved.contains(name) else {
                throw Failure(
                    message: "'\(name)' is no parameter name",
                    help: "names are letters, digits and _, begin with no digit, and are not request, calls or item",
                    range: range
                )
            }
            return .parameter(name)
        }
        guard !piece.utf8.contains(UInt8(ascii: "{")), !piece.utf8.contains(UInt8(ascii: "}")) else {
            throw Failure(
                message: "a parameter is a whole segment",
                help: "for instance /orders/{orderId}",
                range: range
            )
        }
        guard piece.utf8.allSatisfy(PathText.isPathByte), PathText.hasWholeEscapes(piece.utf8) else {
            throw Failure(
                message: "a path holds letters, digits and -._~!$&'()*+,;=:@, the rest percent-encoded",
                help: nil,
                range: range
            )
        }
        guard let decoded = PercentDecoding.decode(piece.utf8, plusIsSpace: false), decoded != ".", decoded != ".."
        else {
            throw Failure(message: "no request can have the segment '\(piece)'", help: nil, range: range)
        }
        return .literal(String(piece))
    }
}

/// What counts as a name of a parameter or a call, and which names are taken.
enum Names {
    /// `[A-Za-z_][A-Za-z0-9_]*`
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }

    static let reserved: Set<String> = ["request", "calls", "item"]

    static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")) || byte == UInt8(ascii: "_")
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}

/// The characters of a path that an operator writes.
enum PathText {
    static func isPathByte(_ byte: UInt8) -> Bool {
        Names.isLetter(byte) || Names.isDigit(byte) || punctuation.contains(byte)
    }

    /// Whether each `%` is followed by two hexadecimal digits.
    static func hasWholeEscapes(_ bytes: some Collection<UInt8>) -> Bool {
        PercentDecoding.decode(bytes, plusIsSpace: false) != nil
    }

    private static let punctuation = Set("-._~!$&'()*+,;=:@%".utf8)
}
