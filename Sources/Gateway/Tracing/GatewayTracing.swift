import Composition
import CurlTransport
import Logging
import NIOCore
import NIOHTTP1
import Telemetry
import Tracing

/// The gateway's spans: one for each request of a client, and within it one for each request to a backend, named and
/// described by OpenTelemetry's conventions for HTTP (semantic conventions 1.27, "HTTP spans").
///
/// Spans of traces that are not sampled cost two ids and a header field. Safe from any thread.
final class GatewayTracing: Sendable {
    let tracer: OTLPTracer
    let exporter: SpanExporter

    init(tracer: OTLPTracer, exporter: SpanExporter) {
        self.tracer = tracer
        self.exporter = exporter
    }

    /// Begins the span of a request: in the client's trace, if it says so in a form that can be read, or in a new one.
    func begin(_ headers: HTTPHeaders, isSecure: Bool) -> ServerSpan {
        let parent = TraceContext(parents: headers["traceparent"], states: headers["tracestate"])
        let context = tracer.child(of: parent)
        return ServerSpan(
            context: context,
            parent: parent?.spanID,
            host: context.isSampled ? headers.first(name: "host") : nil,
            userAgent: context.isSampled ? headers.first(name: "user-agent") : nil,
            isSecure: isSecure
        )
    }

    /// The reply has been handed to the socket, or nobody waits for it any more.
    func ended(_ entry: AccessEntry, _ server: ServerSpan) {
        guard server.context.isSampled else { return }
        let end = DefaultTracerClock.now.nanosecondsSinceEpoch
        let start = end &- UInt64(max(0, entry.duration.nanoseconds))
        let (method, original) = Self.method(entry.method)
        // `GET /home/{userId}`: the part behind the method is what the conventions call the route.
        let route = entry.reply.endpoint.map { $0.drop { $0 != "/" } }
        let span = tracer.span(
            route.map { "\(method == "_OTHER" ? "HTTP" : method) \($0)" } ?? (method == "_OTHER" ? "HTTP" : method),
            server.context,
            parent: server.parent,
            ofKind: .server,
            start: start
        )
        var attributes: SpanAttributes = [
            "http.request.method": .string(method),
            "url.path": .string(entry.path),
            "url.scheme": .string(server.isSecure ? "https" : "http"),
            "client.address": .string(entry.clientAddress ?? entry.remoteAddress),
            "network.peer.address": .string(entry.remoteAddress),
            "medley.request.id": .string(entry.requestID),
        ]
        if let original { attributes["http.request.method_original"] = original }
        if let route { attributes["http.route"] = String(route) }
        if let host = server.host {
            Self.describe(host: host, scheme: server.isSecure ? "https" : "http", in: &attributes)
        }
        if let agent = server.userAgent { attributes["user_agent.original"] = String(agent.prefix(256)) }
        if entry.isClientGone {
            attributes["error.type"] = "client_gone"
        } else {
            attributes["http.response.status_code"] = Int64(entry.status)
            attributes["http.response.body.size"] = Int64(entry.bytes)
            // A 4xx is the client's fault, not this span's ("Status", HTTP server).
            if entry.status >= 500 {
                attributes["error.type"] = "\(entry.status)"
                span.setStatus(SpanStatus(code: .error))
            }
        }
        if !entry.reply.partial.isEmpty { attributes.set("medley.partial", value: .stringArray(entry.reply.partial)) }
        if let failure = entry.reply.failure { attributes["medley.failure"] = failure }
        span.attributes = attributes
        span.end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: end))
    }

    /// The place in the trace of the next request to a backend, told apart from all others of the request.
    func nextField(in server: ServerSpan) -> CallRecorder.TraceField {
        let child = tracer.child(of: server.context)
        return CallRecorder.TraceField(spanID: child.spanID, traceparent: child.traceparent)
    }

    /// The requests to backends of a request have ended.
    func ended(_ records: [CallRecorder.Record], of server: ServerSpan) {
        guard server.context.isSampled, !records.isEmpty else { return }
        let now = MonotonicClock.now()
        let wall = DefaultTracerClock.now.nanosecondsSinceEpoch
        for record in records where record.spanID != 0 {
            var context = server.context
            context.spanID = record.spanID
            let span = tracer.span(
                record.method,
                context,
                parent: server.context.spanID,
                ofKind: .client,
                start: wall &- (now &- min(record.start, now))
            )
            guard Self.describe(record, span) else { continue }
            let end = record.outcome == .none ? now : record.end
            span.end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: wall &- (now &- min(end, now))))
        }
    }

    /// - Returns: false where nothing was sent.
    private static func describe(_ record: CallRecorder.Record, _ span: RecordedSpan) -> Bool {
        var attributes: SpanAttributes = [
            "http.request.method": .string(record.method),
            "medley.call": .string(record.call),
            "medley.backend": .string(record.backend),
        ]
        let scheme = record.url.prefix { $0 != ":" }
        let rest = record.url.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest.dropFirst(authority.count).prefix { $0 != "?" }
        describe(host: String(authority), scheme: String(scheme), in: &attributes)
        // Not `url.full`: a query may hold secrets.
        attributes["url.scheme"] = String(scheme)
        attributes["url.path"] = path.isEmpty ? "/" : String(path)
        if record.attempts > 1 { attributes["http.request.resend_count"] = Int64(record.attempts - 1) }
        switch record.outcome {
        case .kept:
            return false
        case .status(let status):
            attributes["http.response.status_code"] = Int64(status)
            if status >= 400 {
                attributes["error.type"] = "\(status)"
                span.setStatus(SpanStatus(code: .error))
            }
        case .failed(let word):
            attributes["error.type"] = word
            span.setStatus(SpanStatus(code: .error))
        case .none:
            attributes["error.type"] = "cancelled"
            span.setStatus(SpanStatus(code: .error))
        }
        span.attributes = attributes
        return true
    }

    /// `server.address` and `server.port`.
    private static func describe(host: String, scheme: String, in attributes: inout SpanAttributes) {
        let isBracketed = host.hasPrefix("[")
        let name = isBracketed ? host.dropFirst().prefix { $0 != "]" } : host.prefix { $0 != ":" }
        let rest = host.dropFirst(name.count + (isBracketed ? 2 : 0))
        attributes["server.address"] = String(name.prefix(256))
        let known: Int64 = scheme == "https" ? 443 : 80
        attributes["server.port"] = rest.hasPrefix(":") ? Int64(rest.dropFirst()) ?? known : known
    }

    private static let methods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT",
    ]

    /// A method that is not known may be anything: it is `_OTHER`, with what it was beside it.
    private static func method(_ method: String) -> (String, original: String?) {
        methods.contains(method) ? (method, nil) : ("_OTHER", String(method.prefix(64)))
    }
}
