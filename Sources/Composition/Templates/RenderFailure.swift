/// Why a template could not be rendered. The composition is to blame, not a backend.
struct RenderFailure: Error, Hashable, Sendable {
    var reason: FailureReason
    /// For the operator's log; never for a client.
    var detail: String
    /// The member of the response's template that failed, `response.body.greeting`; a client may read it.
    var member: String?
    /// The slots that were read where a null could not stand: when one of them is of a call that was skipped, so is the
    /// call that wanted it.
    var nullSlots: [Int]
    /// The slots that were read for a text that cannot be part of a path: when all of them are a client's parameters, the
    /// client is to blame.
    var unfitSlots: [Int]

    init(
        reason: FailureReason,
        detail: String,
        member: String? = nil,
        nullSlots: [Int] = [],
        unfitSlots: [Int] = []
    ) {
        self.reason = reason
        self.detail = detail
        self.member = member
        self.nullSlots = nullSlots
        self.unfitSlots = unfitSlots
    }

    /// The same failure, placed; a place that is known stays.
    func within(_ member: String) -> RenderFailure {
        var placed = self
        placed.member = self.member ?? member
        return placed
    }
}
