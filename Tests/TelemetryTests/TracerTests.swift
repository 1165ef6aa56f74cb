import Testing
import Tracing

@testable import Telemetry

@Suite("The tracer")
struct TracerTests {
    private let queue = SpanQueue(capacity: 8, batch: 4)

    private func tracer(share: Double = 1) -> OTLPTracer {
        OTLPTracer(sampler: TraceSampler(share: share), queue: queue)
    }

    @Test("a span within a span is its child, in the same trace")
    func nesting() throws {
        let tracer = tracer()
        tracer.withSpan("outer", ofKind: .server) { outer in
            outer.attributes["http.route"] = "/a"
            tracer.withSpan("inner") { $0.setStatus(SpanStatus(code: .error, message: "no")) }
        }
        let spans = queue.take()
        try #require(spans.map(\.name) == ["inner", "outer"])
        #expect(spans[0].context.traceID == spans[1].context.traceID)
        #expect(spans[0].parent == spans[1].context.spanID)
        #expect(spans[1].parent == nil)
        #expect(spans[1].attributes.get("http.route") == .string("/a"))
        #expect(spans[0].status?.code == .error)
        #expect(spans[0].start <= spans[0].end)
    }

    @Test("what is not sampled is not kept, nor are its children")
    func unsampled() {
        let tracer = tracer(share: 0)
        tracer.withSpan("outer") { outer in
            #expect(!outer.isRecording)
            tracer.withSpan("inner") { _ in }
        }
        #expect(queue.take().isEmpty)
        // A parent that is sampled counts more than the share.
        var context = InstrumentationContext.topLevel
        let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        tracer.extract(["traceparent": header, "tracestate": "a=1"], into: &context, using: Fields())
        tracer.startSpan("continued", context: context).end()
        let spans = queue.take()
        #expect(spans.first?.context.traceID.hex == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(spans.first?.parent == 0x00f0_67aa_0ba9_02b7)
        #expect(spans.first?.context.state == "a=1")
    }

    @Test("a context goes to others as two fields")
    func injection() {
        let tracer = tracer()
        let span = tracer.startSpan("a")
        var fields: [String: String] = [:]
        tracer.inject(span.context, into: &fields, using: Fields())
        #expect(fields == ["traceparent": span.trace.traceparent])
        span.end()
        span.end()
        #expect(queue.take().count == 1)
    }

    @Test("an error's kind is told, its text is not")
    func errors() throws {
        struct Fault: Error { let secret = "hunter2" }
        let tracer = tracer()
        #expect(throws: Fault.self) { try tracer.withSpan("a") { _ in throw Fault() } }
        let event = try #require(queue.take().first?.events.first)
        #expect(event.attributes.get("exception.type") == .string("Fault"))
        #expect(!"\(event)".contains("hunter2"))
    }

    @Test("the queue drops what it has no room for, and counts it")
    func bound() async {
        let tracer = tracer()
        for number in 0..<11 { tracer.startSpan("\(number)").end() }
        #expect(queue.count == 8)
        #expect(queue.dropped == 3)
        #expect(queue.take().map(\.name) == ["0", "1", "2", "3"])
        #expect(queue.take().count == 4)
        #expect(queue.take().isEmpty)
        queue.close()
        tracer.startSpan("late").end()
        #expect(queue.dropped == 4)
        var signals = 0
        for await _ in queue.signals { signals += 1 }
        #expect(signals == 1)
    }
}

private struct Fields: Extractor, Injector {
    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
}

@Suite("Deliveries to a collector")
struct ExportScheduleTests {
    @Test("a batch is sent again after 1, 2, 4, 8 seconds, and then given up")
    func retries() {
        var schedule = ExportSchedule()
        var now = ContinuousClock.now
        for pause in [1, 2, 4, 8] {
            #expect(schedule.mayTry(at: now))
            let isDone = schedule.ended(.retry, at: now)
            #expect(!isDone)
            #expect(!schedule.mayTry(at: now + .seconds(pause) - .milliseconds(1)))
            now += .seconds(pause)
        }
        let isDone = schedule.ended(.retry, at: now)
        #expect(isDone && schedule.attempts == 0)
        #expect(!schedule.mayTry(at: now + .seconds(29)) && schedule.mayTry(at: now + .seconds(30)))
    }

    @Test("what is delivered or refused is done with")
    func done() {
        for verdict in [ExportSchedule.Verdict.delivered, .refused] {
            var schedule = ExportSchedule()
            let isDone = schedule.ended(verdict, at: .now)
            #expect(isDone && schedule.mayTry(at: .now))
        }
        #expect(ExportSchedule.verdict(status: 200) == .delivered)
        #expect(ExportSchedule.verdict(status: 202) == .delivered)
        #expect(ExportSchedule.verdict(status: 400) == .refused)
        #expect(ExportSchedule.verdict(status: 500) == .refused)
        #expect([429, 502, 503, 504].allSatisfy { ExportSchedule.verdict(status: $0) == .retry })
        #expect(ExportSchedule.verdict(status: nil) == .retry)
    }
}

@Suite("OTLP")
struct TraceRequestTests {
    @Test("a span in protobuf, byte by byte")
    func bytes() {
        let span = FinishedSpan(
            name: "GET /a",
            context: TraceContext(traceID: .init(high: 1, low: 2), spanID: 3, isSampled: true),
            parent: 4,
            kind: .client,
            start: 5,
            end: 6,
            attributes: ["n": 300],
            status: nil,
            events: [],
            links: []
        )
        let bytes = TraceRequest(service: "s", version: "v").bytes(of: [span])
        let id: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]
        var wanted: [UInt8] = [0x0A, 16] + id
        wanted += [0x12, 8, 0, 0, 0, 0, 0, 0, 0, 3]
        wanted += [0x22, 8, 0, 0, 0, 0, 0, 0, 0, 4]
        wanted += [0x2A, 6] + Array("GET /a".utf8) + [0x30, 3]
        wanted += [0x39, 5, 0, 0, 0, 0, 0, 0, 0, 0x41, 6, 0, 0, 0, 0, 0, 0, 0]
        // A KeyValue with an AnyValue of 300, a varint of two bytes.
        wanted += [0x4A, 8, 0x0A, 1, UInt8(ascii: "n"), 0x12, 3, 0x18, 0xAC, 0x02]
        // Field 16 has a key of two bytes.
        wanted += [0x85, 0x01, 1, 0, 0, 0]
        #expect(Array(bytes.suffix(wanted.count)) == wanted)
        #expect(bytes.first == 0x0A)
    }
}
