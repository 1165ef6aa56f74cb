import JSONSlices
import Replay

/// The file that an exchange becomes.
public struct FixtureText: Sendable {
    public let bytes: [UInt8]
    /// The name that the request suggests, without `.json`; another request may have it already.
    public let name: FixtureName
    /// What was replaced or left out because it is secret: "header Set-Cookie", "member token", "query api_key".
    public let redacted: [String]
    /// What of the request the fixture cannot say, and so does not ask for.
    public let leftOut: [String]

    /// - Parameter rules: what goes into the file.
    public init(_ exchange: RecordedExchange, _ rules: RecordingRules) {
        var redacted: [String] = []
        var leftOut: [String] = []
        let target = RecordedTarget(exchange.target, rules)
        redacted += target.redacted.map { "query \($0)" }
        leftOut += target.unspeakable.map { "the query parameter '\($0)', which is no UTF-8" }
        var headers = Self.matched(exchange.headers, rules)
        // What would be written in its place is not what the next request has.
        for (name, _) in headers.filter({ Self.isSecret($0, rules) }) {
            redacted.append("header \(HeaderSpelling.usual(name))")
            leftOut.append("the header '\(name)', which is secret")
        }
        headers.removeAll { Self.isSecret($0, rules) }
        let body = RequestBodyText(exchange, rules)
        redacted += body.redacted
        if let reason = body.leftOut { leftOut.append("the request's body, \(reason)") }

        var request = JSONWriter()
        request.beginObject()
        request.member("method", exchange.method)
        request.member("path", target.path)
        // An asterisk that was sent is one, and stands for nothing else.
        if !target.query.isEmpty {
            request.textLists("query", target.query.map { ($0.name, $0.values.map(TextPattern.literal)) })
        }
        if !headers.isEmpty {
            request.textLists("headers", headers.map { ($0.name, [TextPattern.literal($0.value)]) })
        }
        request.body(body.body)
        if let part = body.part {
            request.key("bodyContains")
            request.writeRaw(utf8: part)
        }
        request.endObject()
        let requestBytes = request.finish()

        var response = JSONWriter()
        response.beginObject()
        switch exchange.answer {
        case .response(let status, let fields, let bytes):
            let headers = RecordedHeaders(fields, rules)
            let answer = ResponseBodyText(bytes, mediaType: headers.mediaType, rules)
            redacted += headers.redacted.map { "header \($0)" } + answer.redacted
            response.key("status")
            response.write(.number(JSONNumber(status)))
            let kept = headers.fields.filter { $0.name != "Content-Type" || !answer.implies($0.values) }
            if !kept.isEmpty { response.textLists("headers", kept) }
            if status != 204 { response.body(answer.body) }
        case .fault(let fault):
            // Half of a body needs a body.
            if fault == .truncate { response.member("bodyText", "lost") }
            response.member("fault", fault.rawValue)
        }
        if rules.keepsDelays, let delay = exchange.delay { response.member("delay", delay) }
        response.endObject()

        self.bytes = Self.file(request: requestBytes, response: response.finish(), leading: [])
        name = FixtureName(
            method: exchange.method,
            path: target.path,
            query: target.query,
            isTold: body.body == .none && body.part == nil && headers.isEmpty,
            request: requestBytes
        )
        self.redacted = redacted
        self.leftOut = leftOut
    }

    /// The headers that tell requests apart, in small letters and sorted.
    private static func matched(
        _ headers: [RecordedExchange.Field],
        _ rules: RecordingRules
    ) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for (name, value) in headers where rules.matchedHeaders.contains(name.lowercased()) {
            values[name.lowercased(), default: []].append(value)
        }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ", ")) }
    }

    private static func isSecret(_ field: (name: String, value: String), _ rules: RecordingRules) -> Bool {
        guard !rules.secrets.isExempt(field.name) else { return false }
        return rules.secrets.isSecret(header: field.name) || rules.secrets.redacted(field.value) != nil
    }

    /// - Parameter leading: members that stand before the request, each value as JSON.
    private static func file(request: [UInt8], response: [UInt8], leading: [(key: String, value: [UInt8])]) -> [UInt8] {
        var writer = JSONWriter(capacity: request.count + response.count + 64)
        writer.beginObject()
        for (key, value) in leading + [("request", request), ("response", response)] {
            writer.key(key)
            writer.writeRaw(utf8: value)
        }
        writer.endObject()
        let bytes = writer.finish()
        guard let document = try? JSONDocument(parsing: bytes) else { return bytes }
        return IndentedJSON.bytes(of: document.root)
    }
}

extension FixtureText {
    /// These bytes with what a person has added to the file that they replace: `$schema` and `summary`.
    func bytes(replacing old: [UInt8]) -> [UInt8] {
        guard let old = try? JSONDocument(parsing: old), let new = try? JSONDocument(parsing: bytes),
            let request = new.root.member("request"), let response = new.root.member("response")
        else { return bytes }
        let leading = ["$schema", "summary"].compactMap { key in
            old.root.member(key).map { (key: key, value: $0.withUTF8 { Array($0) }) }
        }
        return Self.file(
            request: request.withUTF8 { Array($0) },
            response: response.withUTF8 { Array($0) },
            leading: leading
        )
    }

    /// What two files have in common that answer the same request alike: all but a person's words, the delay, and the
    /// white space. Nil for a text that is no fixture.
    static func essence(of bytes: [UInt8]) -> [UInt8]? {
        guard let document = try? JSONDocument(parsing: bytes), let request = document.root.member("request"),
            let response = document.root.member("response")
        else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in response.members where key.string != "delay" {
            writer.key(key.string ?? "")
            value.withUTF8 { writer.writeRaw(utf8: $0) }
        }
        writer.endObject()
        return file(request: request.withUTF8 { Array($0) }, response: writer.finish(), leading: [])
    }

    /// Whether a fixture's file says more than one exchange does: the work of a person, which no recording replaces.
    static func isHandmade(_ bytes: [UInt8]) -> Bool {
        guard let document = try? JSONDocument(parsing: bytes) else { return false }
        guard let response = document.root.member("response") else { return true }
        return response.member("template") != nil
    }

    /// Whether a fixture's file answers with a fault.
    static func isFault(_ bytes: [UInt8]) -> Bool {
        guard let document = try? JSONDocument(parsing: bytes) else { return false }
        return document.root.member("response")?.member("fault") != nil
    }
}

extension RecordedExchange {
    /// In whole milliseconds, at most an hour; nil for less than one.
    var delay: String? {
        if case .fault(.timeout) = answer { return nil }
        guard let duration, duration >= .milliseconds(1) else { return nil }
        let (seconds, attoseconds) = min(duration, .seconds(3600)).components
        return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms"
    }
}

extension JSONWriter {
    mutating func member(_ key: String, _ text: String) {
        self.key(key)
        write(string: text)
    }

    /// An object of texts; a list where a name has several.
    mutating func textLists(_ key: String, _ lists: [(name: String, values: [String])]) {
        self.key(key)
        beginObject()
        for (name, values) in lists {
            self.key(name)
            if values.count == 1, let value = values.first {
                write(string: value)
            } else {
                beginArray()
                for value in values { write(string: value) }
                endArray()
            }
        }
        endObject()
    }

    mutating func body(_ body: FixtureBody) {
        switch body {
        case .none: break
        case .json(let bytes):
            key("body")
            writeRaw(utf8: bytes)
        case .text(let text): member("bodyText", text)
        case .binary(let text): member("bodyBase64", text)
        }
    }
}
