import Synchronization
package import Tracing

/// A span between its start and its end. Safe from any thread; what is said of it after its end is not heard.
package final class RecordedSpan: Span {
    /// More events, or more links, than this are left out.
    static let maximumCount = 128

    private struct State {
        var name: String
        var attributes: SpanAttributes = [:]
        var status: SpanStatus?
        var events: [SpanEvent] = []
        var links: [TraceContext] = []
        var hasEnded = false
    }

    package let context: InstrumentationContext
    package let trace: TraceContext
    private let parent: UInt64?
    private let kind: SpanKind
    private let start: UInt64
    private let queue: SpanQueue
    private let state: Mutex<State>

    init(
        _ name: String,
        _ trace: TraceContext,
        parent: UInt64?,
        kind: SpanKind,
        start: UInt64,
        queue: SpanQueue,
        inheriting context: InstrumentationContext = .topLevel
    ) {
        self.trace = trace
        self.parent = parent
        self.kind = kind
        self.start = start
        self.queue = queue
        state = Mutex(State(name: name))
        var context = context
        context.trace = trace
        self.context = context
    }

    package var isRecording: Bool { trace.isSampled && state.withLock { !$0.hasEnded } }

    package var operationName: String {
        get { state.withLock { $0.name } }
        set { change { $0.name = newValue } }
    }

    package var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { change { $0.attributes = newValue } }
    }

    package func setStatus(_ status: SpanStatus) { change { $0.status = status } }

    package func addEvent(_ event: SpanEvent) {
        change { if $0.events.count < Self.maximumCount { $0.events.append(event) } }
    }

    package func addLink(_ link: SpanLink) {
        guard let trace = link.context.trace else { return }
        change { if $0.links.count < Self.maximumCount { $0.links.append(trace) } }
    }

    /// The kind of an error and no more: its text may hold what is nobody else's business.
    package func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        var attributes = attributes
        attributes.set("exception.type", value: .string("\(type(of: error))"))
        addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
    }

    package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        guard trace.isSampled else { return }
        let ended = state.withLock { state -> State? in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            return state
        }
        guard let ended else { return }
        queue.add(
            FinishedSpan(
                name: ended.name,
                context: trace,
                parent: parent,
                kind: kind,
                start: start,
                end: instant().nanosecondsSinceEpoch,
                attributes: ended.attributes,
                status: ended.status,
                events: ended.events,
                links: ended.links
            )
        )
    }

    private func change(_ body: (inout State) -> Void) {
        guard trace.isSampled else { return }
        state.withLock { state in
            if !state.hasEnded { body(&state) }
        }
    }
}
