import Composition
import CurlTransport
import Identity
import Telemetry

/// What is to be seen of requests beside their counts.
struct Sight: Sendable {
    /// Nil where nothing is traced.
    var tracing: GatewayTracing?
    /// Whether the log tells what requests to backends came to.
    var logsCalls = false
    /// Whether it tells who asked.
    var logsConsumers = false

    func of(_ request: FrontRequest) -> RequestSight {
        guard let tracing, let span = request.span, span.context.isSampled else {
            return RequestSight(self, span: nil, recorder: logsCalls ? CallRecorder() : nil, request)
        }
        let recorder = CallRecorder(traceparent: span.context.traceparent) { tracing.nextField(in: span) }
        return RequestSight(self, span: span, recorder: recorder, request)
    }
}

/// What is seen of one request.
struct RequestSight: Sendable {
    private let sight: Sight
    /// Of a sampled trace.
    private let span: ServerSpan?
    let recorder: CallRecorder?
    private let consumer: String?

    fileprivate init(_ sight: Sight, span: ServerSpan?, recorder: CallRecorder?, _ request: FrontRequest) {
        self.sight = sight
        self.span = span
        self.recorder = recorder
        consumer = sight.logsConsumers ? request.caller?.consumer : nil
    }

    /// The requests to backends have ended: tells the trace, and the log by way of the reply. On the loop that has made them.
    func ended(_ reply: inout FrontReply) {
        reply.log.consumer = consumer
        guard let recorder else { return }
        if let span { sight.tracing?.ended(recorder.records, of: span) }
        if sight.logsCalls { reply.log.calls = recorder.records.map(LoggedCall.init) }
    }

    /// The reply was there without asking anybody; what is asked for now is for others.
    func answeredAtOnce(_ reply: inout FrontReply) {
        reply.log.consumer = consumer
        recorder?.close()
    }
}

extension CallRecorder {
    /// The one request of a route with `proxy`, for the time that it takes.
    func passing(
        _ passage: inout ProxyPassage
    ) -> @Sendable (Outcome) -> Void {
        let field = record("proxy", backend: passage.backend, method: passage.request.method, url: passage.url)
        if let field { passage.request.forwarded.replace(field) }
        return { outcome in self.endRecord(outcome) }
    }
}

extension ProxyForwarder.Reply {
    /// What became of the request to the backend.
    var recorded: CallRecorder.Outcome {
        let isKept = headers.contains { field in
            HeaderValidation.equal(field.name, "cache-status")
                && (field.value.hasPrefix("medley; hit") || field.value.contains("collapsed"))
        }
        return isKept ? .kept(status) : .status(status)
    }
}

extension [HeaderField] {
    /// Puts a field in the place of the one with its name.
    fileprivate mutating func replace(_ field: HeaderField) {
        removeAll { HeaderValidation.equal($0.name, field.name) }
        append(field)
    }
}
