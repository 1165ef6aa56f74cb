import JSONSlices

/// What a fixture asks of a request's body.
struct RequestBodyText {
    var body = FixtureBody.none
    /// A JSON text that the body must have, and perhaps more.
    var part: [UInt8]?
    var redacted: [String] = []
    /// Why the fixture asks for no body although there was one, to stand after it.
    var leftOut: String?

    init(_ exchange: RecordedExchange, _ rules: RecordingRules) {
        guard !exchange.body.isEmpty else { return }
        let mediaType = exchange.headers.first { $0.name.lowercased() == "content-type" }?.value
        if let document = FixtureBody.document(exchange.body, mediaType: mediaType) {
            if let outcome = JSONRedaction.outcome(for: document, rules) {
                redacted = outcome.redacted
                // Replay reads a request as strictly as a fixture.
                if FixtureBody.canStandAsJSON(exchange.body) { part = PublicPart.text(of: document, rules) }
                if part == nil { leftOut = "which holds a secret" }
                return
            }
            if FixtureBody.canStandAsJSON(exchange.body) {
                body = .json(exchange.body)
                return
            }
        }
        switch FixtureBody(exchange.body, mediaType: mediaType, isExact: true) {
        case .text where mediaType.map { MediaType.essence($0).hasPrefix("multipart/") } ?? false:
            leftOut = "whose parts are separated by another text each time"
        case .text(let text):
            let isForm = mediaType.map(MediaType.isForm) ?? false
            if isForm && FormText.redacted(text, rules) != nil || rules.secrets.redacted(text) != nil {
                redacted = ["the request's body"]
                leftOut = "which holds a secret"
            } else {
                body = .text(text)
            }
        default: leftOut = "which is no text"
        }
    }
}

/// A response's body in a fixture.
struct ResponseBodyText {
    let body: FixtureBody
    let redacted: [String]

    init(_ bytes: [UInt8], mediaType: String?, _ rules: RecordingRules) {
        if let document = FixtureBody.document(bytes, mediaType: mediaType),
            let outcome = JSONRedaction.outcome(for: document, rules)
        {
            let safe = FixtureBody.mark(of: bytes) + outcome.bytes
            body = FixtureBody(safe, mediaType: mediaType, isExact: rules.isExact)
            redacted = outcome.redacted
            return
        }
        let body = FixtureBody(bytes, mediaType: mediaType, isExact: rules.isExact)
        guard case .text(let text) = body else {
            self.body = body
            redacted = []
            return
        }
        let isForm = mediaType.map(MediaType.isForm) ?? false
        let safe = (isForm ? FormText.redacted(text, rules) : nil) ?? rules.secrets.redacted(text)
        self.body = safe.map(FixtureBody.text) ?? body
        redacted = safe == nil ? [] : ["the response's text"]
    }

    /// Whether the fixture's server sends this `Content-Type` of its own accord.
    func implies(_ values: [String]) -> Bool {
        switch body {
        case .none: false
        case .json: values == ["application/json"]
        case .text: values == ["text/plain; charset=utf-8"]
        case .binary: values == ["application/octet-stream"]
        }
    }
}
