/// What an evaluation may still use up. One budget can be handed through several evaluations.
///
/// Data of a few kilobytes must not keep a thread busy for seconds or make it allocate gigabytes, whatever the expression
/// makes of them: both are counted, and counted before the work is done.
public struct EvaluationBudget: Hashable, Sendable {
    /// Nodes of the expression visited and elements, members or characters looked at by functions.
    public var steps: Int

    /// Bytes of computed values: strings by their UTF-8 length, arrays and objects by their elements. A result that is
    /// not a value of the document itself counts with the length of its JSON text as well.
    public var bytes: Int

    /// - Parameters:
    ///   - steps: a million takes well under a second.
    ///   - bytes: 16 MiB unless told otherwise.
    public init(steps: Int = 1_000_000, bytes: Int = 16 << 20) {
        self.steps = steps
        self.bytes = bytes
    }

    /// - Throws: `limit-exceeded` with that place when the steps are used up.
    @inline(__always)
    mutating func spend(steps count: Int, at range: Range<Int>) throws(ExpressionError) {
        let (rest, overflow) = steps.subtractingReportingOverflow(count)
        steps = overflow ? -1 : rest
        try check(at: range)
    }

    /// - Throws: `limit-exceeded` with that place when more steps were taken than there were.
    @inline(__always)
    mutating func check(at range: Range<Int>) throws(ExpressionError) {
        guard steps < 0 else { return }
        steps = 0
        throw ExpressionError(
            kind: .limit,
            message: "the expression takes more steps than an evaluation may",
            range: range
        )
    }

    /// - Throws: `limit-exceeded` with that place when the bytes are used up.
    @inline(__always)
    mutating func spend(bytes count: Int, at range: Range<Int>) throws(ExpressionError) {
        let (rest, overflow) = bytes.subtractingReportingOverflow(count)
        guard !overflow, rest >= 0 else {
            bytes = 0
            throw ExpressionError(
                kind: .limit,
                message: "the expression makes more data than an evaluation may",
                range: range
            )
        }
        bytes = rest
    }
}
