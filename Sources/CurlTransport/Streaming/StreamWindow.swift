/// How many bytes are on their way between two threads, and when the sending side has to wait: it stops at the high
/// mark and goes on at the low one, so that neither side is woken for every piece.
///
/// A value; no clock, no lock. The sending side owns it and is told what the receiving side has taken.
public struct StreamWindow: Hashable, Sendable {
    /// Bytes at which nothing more is accepted. One piece may pass it.
    public let high: Int
    /// Bytes at which a side that waits goes on.
    public let low: Int
    /// Bytes that were accepted and not yet taken.
    public private(set) var outstanding = 0
    /// Whether the sending side waits.
    public private(set) var isWaiting = false

    public init(high: Int, low: Int) {
        self.high = max(1, high)
        self.low = max(0, min(low, self.high - 1))
    }

    /// Whether a further piece may come now. When not, `took` will say when.
    public mutating func mayAdd() -> Bool {
        isWaiting = isWaiting ? outstanding > low : outstanding >= high
        return !isWaiting
    }

    public mutating func add(_ count: Int) {
        outstanding = outstanding.addingReportingOverflow(max(0, count)).partialValue
    }

    /// - Returns: whether the sending side waited and goes on now.
    public mutating func took(_ count: Int) -> Bool {
        outstanding = max(0, outstanding - max(0, count))
        guard isWaiting, outstanding <= low else { return false }
        isWaiting = false
        return true
    }
}
