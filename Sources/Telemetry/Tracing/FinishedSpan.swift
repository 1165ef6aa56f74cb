package import Tracing

/// A span that has come to its end, on its way to whoever collects traces.
package struct FinishedSpan: Sendable {
    package var name: String
    package var context: TraceContext
    /// The id of the span that has caused this one; nil for a trace's root.
    package var parent: UInt64?
    package var kind: SpanKind
    /// Nanoseconds since 1970.
    package var start: UInt64
    package var end: UInt64
    package var attributes: SpanAttributes
    package var status: SpanStatus?
    package var events: [SpanEvent]
    package var links: [TraceContext]
}
