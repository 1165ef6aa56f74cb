/// Which traces are recorded: those that came recorded, and of those that begin here a share, chosen by the trace's id so
/// that all who see the trace and use the same share come to the same end.
package struct TraceSampler: Hashable, Sendable {
    /// From 0, none, to 1, all.
    package let share: Double

    package init(share: Double) {
        self.share = share
    }

    package func samples(_ traceID: TraceContext.TraceID) -> Bool {
        if share >= 1 { return true }
        if !(share > 0) { return false }
        // 53 bits are what a Double can tell apart.
        return Double(traceID.low >> 11) < share * 0x1p53
    }
}
