import JSONSlices

/// The 404 to a request that no fixture answers: a problem (RFC 9457) that says what was asked and which fixtures came
/// nearest, each with the reasons why it is not the answer.
struct MissReply {
    let backend: String
    let asked: AskedRequest
    let nearest: [FixtureIndex.NearMiss]

    /// The bytes of a request's body that are shown.
    private static let shownBody = 1024

    var response: CannedResponse {
        CannedResponse(status: 404, headers: [("Content-Type", "application/problem+json")], body: body)
    }

    private var body: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("title")
        writer.write(string: "No fixture answers this request")
        writer.key("status")
        writer.write(.number(JSONNumber(404)))
        writer.key("detail")
        writer.write(string: detail)
        writer.key("backend")
        writer.write(string: backend)
        writer.key("request")
        writeRequest(to: &writer)
        writer.key("nearest")
        writer.beginArray()
        for miss in nearest { write(miss, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.finish()
    }

    /// What happened in one line, for the operator: the request, the nearest fixture, and why it is not the answer.
    var summary: String {
        guard let first = nearest.first, let difference = first.differences.first else { return detail }
        return "\(detail) \(difference.description)"
    }

    private var detail: String {
        let asked = "The backend '\(backend)' was asked \(asked.method) \(asked.target)"
        guard let first = nearest.first else { return "\(asked), and has no fixtures." }
        return "\(asked); nearest is \(first.fixture.file)."
    }

    private func writeRequest(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("method")
        writer.write(string: asked.method)
        writer.key("target")
        writer.write(string: asked.target)
        if !asked.body.isEmpty {
            let isCut = asked.body.count > Self.shownBody
            writer.key("body")
            let shown = String(decoding: asked.body.prefix(Self.shownBody), as: UTF8.self)
            writer.write(string: isCut ? shown + "…" : shown)
        }
        writer.endObject()
    }

    private func write(_ miss: FixtureIndex.NearMiss, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("fixture")
        writer.write(string: miss.fixture.file)
        writer.key("differences")
        writer.beginArray()
        for difference in miss.differences { writer.write(string: difference.description) }
        writer.endArray()
        writer.endObject()
    }
}
