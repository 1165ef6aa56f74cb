import Synchronization
package import Tracing

/// A tracer of swift-distributed-tracing whose spans go to a collector of OpenTelemetry.
///
/// Spans of traces that are not sampled cost their context and nothing else. Safe from any thread.
package final class OTLPTracer: Tracer {
    package let sampler: TraceSampler
    package let queue: SpanQueue
    private let ids = Mutex(SpanIDs())

    package init(sampler: TraceSampler, queue: SpanQueue) {
        self.sampler = sampler
        self.queue = queue
    }

    /// The context of a span that begins now: in its parent's trace, or at the root of a new one.
    package func child(of parent: TraceContext?) -> TraceContext {
        ids.withLock { ids in
            guard var context = parent else {
                let traceID = ids.nextTrace()
                return TraceContext(traceID: traceID, spanID: ids.next(), isSampled: sampler.samples(traceID))
            }
            context.spanID = ids.next()
            return context
        }
    }

    /// A span whose context is known before: others have been told of it already.
    package func span(
        _ name: String,
        _ context: TraceContext,
        parent: UInt64?,
        ofKind kind: SpanKind,
        start: UInt64
    ) -> RecordedSpan {
        RecordedSpan(name, context, parent: parent, kind: kind, start: start, queue: queue)
    }

    package func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> InstrumentationContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> RecordedSpan {
        let context = context()
        let parent = context.trace
        return RecordedSpan(
            operationName,
            child(of: parent),
            parent: parent?.spanID,
            kind: kind,
            start: instant().nanosecondsSinceEpoch,
            queue: queue,
            inheriting: context
        )
    }

    /// Has what waits sent without waiting for it.
    package func forceFlush() { queue.wake() }

    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout InstrumentationContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        let parents = extractor.extract(key: "traceparent", from: carrier).map { [$0] } ?? []
        let states = extractor.extract(key: "tracestate", from: carrier).map { [$0] } ?? []
        context.trace = TraceContext(parents: parents, states: states)
    }

    package func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.traceparent, forKey: "traceparent", into: &carrier)
        if !trace.state.isEmpty { injector.inject(trace.state, forKey: "tracestate", into: &carrier) }
    }
}

extension InstrumentationContext {
    private enum Key: InstrumentationContextKey {
        typealias Value = TraceContext
    }

    /// The trace and the span that things happen in.
    package var trace: TraceContext? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}
