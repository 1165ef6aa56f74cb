import Diagnostics
import JMESPath
import JSONSlices

/// The path of a call: segments, each of literal text and expressions.
///
/// Literal text is sent as written. What an expression yields becomes part of one segment, percent-encoded: no value can
/// add a segment, leave the path or start a query (RFC 3986, section 3.3).
struct PathTemplate: Sendable {
    struct Segment: Sendable {
        let template: TextTemplate
    }

    /// As the file writes it.
    let source: String
    /// The segments after the leading slash; `/` alone is one empty segment.
    let segments: [Segment]

    var slots: [Int] { segments.flatMap(\.template.slots) }

    /// Appends the path to a URL under construction.
    ///
    /// - Throws: when a value is null or empty, when a segment comes to `.` or `..`, or when an expression fails.
    func write(to url: inout URLBuilder, in scope: borrowing RenderScope) throws(RenderFailure) {
        for segment in segments {
            url.append("/")
            if let constant = segment.template.constant {
                url.append(constant)
                continue
            }
            var text = ""
            for part in segment.template.parts {
                switch part {
                case .text(let literal):
                    url.append(literal)
                    text += literal
                case .expression(let expression):
                    let value = try Self.segmentText(of: expression, in: scope)
                    url.appendEncoded(value)
                    text += value
                }
            }
            guard !Self.hasDotSegment(text) else { throw Self.refusal(of: segment, cameTo: text) }
        }
    }

    /// Whether a backend that decodes a segment before it splits the path, takes a backslash for a slash, or drops what
    /// follows a semicolon, would find a dot segment in it.
    static func hasDotSegment(_ text: String) -> Bool {
        text.utf8.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }).contains { piece in
            let name = piece.prefix { $0 != UInt8(ascii: ";") }
            return name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8)
        }
    }

    private static func refusal(of segment: Segment, cameTo text: String) -> RenderFailure {
        let expressions = segment.template.parts.compactMap { part in
            if case .expression(let expression) = part { expression } else { nil }
        }
        let place = expressions.first.map { "\($0.place): " } ?? ""
        return RenderFailure(
            reason: .expressionError,
            detail:
                "\(place)a path segment came to '\(text.prefix(80))', which a backend could read as a way out of the path",
            unfitSlots: segment.template.slots
        )
    }

    private static func segmentText(
        of expression: PlacedExpression,
        in scope: borrowing RenderScope
    ) throws(RenderFailure) -> String {
        let value = try expression.evaluate(in: scope)
        guard let text = try expression.scalarText(of: value), !text.isEmpty else {
            throw RenderFailure(
                reason: .expressionError,
                detail: "\(expression.place): '\(expression.expression.source)' is "
                    + (value.isNull ? "null" : "empty") + ", which cannot be part of a path",
                nullSlots: value.isNull ? expression.expression.slots : [],
                unfitSlots: value.isNull ? [] : expression.expression.slots
            )
        }
        return text
    }
}

extension PathTemplate {
    /// Splits a template at the slashes of its literal text. The text begins with one.
    static func segments(of template: TextTemplate) -> [Segment] {
        var segments: [[TextTemplate.Part]] = []
        for part in template.parts {
            guard case .text(let text) = part else {
                segments.indices.last.map { segments[$0].append(part) }
                continue
            }
            for (index, piece) in text.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
                if index > 0 { segments.append([]) }
                if !piece.isEmpty { segments.indices.last.map { segments[$0].append(.text(String(piece))) } }
            }
        }
        return segments.map { Segment(template: TextTemplate(parts: $0)) }
    }

    /// What is wrong with literal text of a path, and the mend.
    static func problem(inLiteral text: String) -> (message: String, help: String?)? {
        if text.utf8.contains(UInt8(ascii: "?")) {
            return ("a path holds no '?'", "name the fields in \"query\"")
        }
        guard text.utf8.allSatisfy(PathText.isPathByte), PathText.hasWholeEscapes(text.utf8) else {
            return ("a path holds letters, digits and -._~!$&'()*+,;=:@", "percent-encode the rest")
        }
        guard !text.lowercased().contains("%2e") else { return ("'%2E' is a dot in disguise", "write '.'") }
        return nil
    }
}
