import JSONSlices
import NIOHTTP1

/// The headers and the body of an answer that is made of the request. Compiled when its file is read.
struct AnswerTemplate: Sendable {
    enum Body: Sendable {
        case text(AnswerText)
        case json([Piece])
    }

    /// A stretch of a JSON text.
    enum Piece: Sendable {
        case bytes([UInt8])
        /// A value, written as JSON.
        case value(AnswerText)
    }

    let headers: [(name: String, value: AnswerText)]
    let body: Body?
    private let slots: Set<Int>

    init(headers: [(name: String, value: AnswerText)], body: Body?) {
        self.headers = headers
        self.body = body
        var texts = headers.map(\.value)
        switch body {
        case .text(let text): texts.append(text)
        case .json(let pieces):
            for case .value(let text) in pieces { texts.append(text) }
        case nil: break
        }
        self.slots = Set(texts.flatMap(\.slots))
    }

    /// The answer to one request; a header that is null is left out, and so is a `bodyText` that is.
    ///
    /// - Throws: when an expression fails, or a header would hold what no header may (RFC 9110, section 5.5).
    func fill(
        _ response: CannedResponse,
        asked: AskedRequest,
        pattern: PathPattern
    ) throws(TemplateFailure) -> CannedResponse {
        let values = AnswerScope.values(of: slots, asked: asked, pattern: pattern)
        var response = response
        response.headers = []
        for (name, template) in headers {
            guard let value = try template.text(values) else { continue }
            guard HTTPText.isFieldValue(value) else {
                throw TemplateFailure("the header '\(name)' would hold a control character or a blank at its end")
            }
            response.headers.append((name, value))
        }
        response.body = try body(values).bytes
        return response
    }

    /// The body, and whether each expression in it has a value.
    private func body(_ values: [JSONValue]) throws(TemplateFailure) -> (bytes: [UInt8]?, isFull: Bool) {
        switch body {
        case nil: return (nil, true)
        case .text(let text):
            let text = try text.text(values)
            return (text.map { Array($0.utf8) }, text != nil)
        case .json(let pieces):
            var bytes: [UInt8] = []
            var isFull = true
            for piece in pieces {
                switch piece {
                case .bytes(let constant):
                    bytes += constant
                case .value(let text):
                    let value = try text.value(values)
                    isFull = isFull && !value.isNull
                    var writer = JSONWriter()
                    writer.write(value)
                    bytes += writer.finish()
                }
            }
            return (bytes, isFull)
        }
    }

    /// The body that a request gets which is just what a fixture asks for; nil where it leaves open what stands in it.
    func exampleBody(for request: ExpectedRequest) -> [UInt8]? {
        let asked = AskedRequest(example: request)
        let values = AnswerScope.values(of: slots, asked: asked, pattern: request.pattern)
        guard let (bytes, isFull) = try? body(values), isFull else { return nil }
        return bytes
    }
}

extension CannedResponse {
    /// A body that the fixture of this request may answer; nil where there is none, or it depends on what is not known.
    public func exampleBody(for request: ExpectedRequest) -> [UInt8]? {
        guard let template else { return body }
        return template.exampleBody(for: request)
    }
}

extension AskedRequest {
    /// What a fixture asks for, to the letter where it is exact.
    fileprivate init(example request: ExpectedRequest) {
        let query = request.query.flatMap { parameter in
            (parameter.texts ?? []).map { "\(parameter.name)=\($0)" }
        }
        let headers = request.headers.filter(\.value.isExact).map { ($0.name, $0.value.pieces.joined()) }
        let body: [UInt8] =
            switch request.body {
            case .json(let value), .contains(let value): value.bytes
            case .text(let text): text
            case nil: []
            }
        self.init(
            method: request.method,
            target: request.pattern.example + (query.isEmpty ? "" : "?" + query.joined(separator: "&")),
            headers: HTTPHeaders(headers),
            body: body
        )
    }
}

/// The 500 to a request of which no answer can be made.
struct UnfilledReply {
    let fixture: String
    let failure: TemplateFailure

    var response: CannedResponse {
        var writer = JSONWriter()
        writer.beginObject()
        for (key, text) in [("title", "The fixture's template cannot be filled"), ("detail", failure.detail)] {
            writer.key(key)
            writer.write(string: text)
        }
        writer.key("status")
        writer.write(.number(JSONNumber(500)))
        writer.key("fixture")
        writer.write(string: fixture)
        writer.endObject()
        return CannedResponse(
            status: 500,
            headers: [("Content-Type", "application/problem+json")],
            body: writer.finish()
        )
    }
}
