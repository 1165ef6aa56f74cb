import CurlTransport
import Diagnostics
import TestSupport
import Testing

@testable import Composition

/// Every place that a value can be sent to, each in a call of its own with a fallback, so that one refusal does not keep
/// the others from being sent.
private let everyPlace = """
    {"endpoint": "POST /a/{p}",
     "parameters": {"q": {"in": "query"}, "p": {"in": "path"}},
     "calls": {
       "segment": {"backend": "echo", "path": "/segment/{request.body.v}/end", "fallback": null},
       "mixed": {"backend": "echo", "path": "/mixed/a{request.body.v}b/end", "fallback": null},
       "client": {"backend": "echo", "path": "/client/{p}/end", "query": {"q": "{q}"}, "fallback": null},
       "query": {"backend": "echo", "path": "/query", "query": {"a": "{request.body.v}", "b": "x {request.body.v} y", "c": "1"}, "fallback": null},
       "names": {"backend": "echo", "path": "/names", "query": "{request.body.named}", "fallback": null},
       "header": {"backend": "echo", "path": "/header", "headers": {"X-V": "{request.body.v}", "X-Last": "1"}, "fallback": null},
       "text": {"backend": "echo", "path": "/text", "headers": {"X-V": "a{request.body.v}b", "X-Last": "1"}, "fallback": null},
       "body": {"backend": "echo", "path": "/body", "method": "POST", "body": {"v": "{request.body.v}", "t": "x {request.body.v} y", "l": ["{request.body.v}"], "...": "{request.body.named}"}, "fallback": null},
       "form": {"backend": "echo", "path": "/form", "method": "POST", "headers": {"Content-Type": "application/x-www-form-urlencoded"},
                "body": {"v": "{request.body.v}", "l": ["{request.body.v}", "1"], "...": "{request.body.named}"}, "fallback": null}
     },
     "response": {
       "headers": {"X-V": "{request.body.h}"},
       "body": {"v": "{request.body.v}", "t": "x {request.body.v} y", "...": "{request.body.named}",
                "all": ["{segment}", "{mixed}", "{client}", "{query}", "{names}", "{header}", "{text}"]}}}
    """

/// One request with one text in every place.
struct Trial {
    let text: String
    let reply: EndpointReply
    /// By the first segment of the path.
    let requests: [String: EchoServer.Request]
}

/// A composition that sends a text to every place there is, and the server that keeps what arrives.
struct EveryPlace {
    let server: EchoServer
    private let composer: Composer
    private let transport: CurlTransport

    /// - Parameter answer: the body of every answer.
    static func serve(
        answering answer: [UInt8] = [UInt8(ascii: "1")],
        _ body: (EveryPlace) async throws -> Void
    ) async throws {
        let server = try EchoServer(answering: answer)
        let diagnostics = DiagnosticList()
        let file = SourceFile(path: "c.json", bytes: Array(everyPlace.utf8))
        let plans = CompositionSet.compile([file], backends: ["echo"], diagnostics: diagnostics).plans
        let plan = try #require(plans.first, "\(diagnostics.sorted().map { $0.rendered() })")
        let transport = try CurlTransport(backends: [BackendOptions(name: "echo")], loops: 1)
        let backend = try #require(transport.backend(named: "echo"))
        let bound = BoundBackend(backend: backend, base: "http://127.0.0.1:\(server.port)")
        let composer = try #require(Composer(plan: plan, backends: ["echo": bound]))
        do {
            try await body(EveryPlace(server: server, composer: composer, transport: transport))
        } catch {
            await transport.shutdown()
            throw error
        }
        await transport.shutdown()
    }

    /// Sends a text to every place.
    ///
    /// - Parameter texts: decides how the text is spelled in JSON.
    func trial(_ text: String, _ texts: inout HostileTexts) async -> Trial {
        let names = #"{\#(texts.json(text)): "1", "z": "2"}"#
        let body = #"{"v": \#(texts.json(text)), "h": \#(texts.json(text)), "named": \#(names)}"#
        let encoded = HostileTexts.percentEncoded(text)
        let reply = await run(path: encoded, query: "q=\(encoded)", body: Array(body.utf8))
        var requests: [String: EchoServer.Request] = [:]
        for request in server.takeRequests() {
            let name = (request.target ?? "").split { "/?".contains($0) }.first.map(String.init) ?? ""
            #expect(requests.updateValue(request, forKey: name) == nil, "one request per call")
        }
        return Trial(text: text, reply: reply, requests: requests)
    }

    func run(path: String = "x", query: String? = nil, body: [UInt8]) async -> EndpointReply {
        let request = EndpointRequest(
            method: "POST",
            path: "/a/\(path)",
            pathParameters: [path],
            query: query,
            body: body,
            header: { _ in [] },
            forwarded: [],
            id: "request-1",
            time: { "2026-11-24T07:30:00.250Z" }
        )
        let loop = transport.nextLoop()
        let composer = composer
        return await Task(executorPreference: loop) { await composer.run(request, on: loop) }.value
    }
}
