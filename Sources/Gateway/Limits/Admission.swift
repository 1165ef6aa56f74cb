import CurlTransport

/// How a request stands with its endpoint's limits when its answering begins.
enum Admission: Sendable {
    /// The endpoint is under no limit.
    case free
    /// They have let it in.
    case admitted(EndpointLimits, EndpointLimits.Receipt)
    /// Some are shared, and are asked from the loop that the request is answered on.
    case toBeAsked(EndpointLimits, EndpointLimits.Keys)

    /// What answering came to.
    struct Answered: Sendable {
        var reply: FrontReply
        /// Those that were sent to backends for it.
        var requests: Int
    }

    /// Answers if the limits let it, and settles what it has cost. On `loop`.
    nonisolated(nonsending) func answer(
        on loop: CurlLoop,
        _ answer: () async -> Answered
    ) async -> FrontReply {
        switch self {
        case .free:
            return await answer().reply
        case .admitted(let limits, let receipt):
            let answered = await answer()
            limits.settle(receipt, requests: answered.requests, on: loop)
            return answered.reply
        case .toBeAsked(let limits, let keys):
            switch await limits.decide(keys, on: loop) {
            case .refused(let reply):
                return reply
            case .admitted(let receipt):
                var answered = await answer()
                limits.settle(receipt, requests: answered.requests, on: loop)
                answered.reply.headers += receipt.fields
                return answered.reply
            }
        }
    }

    /// A reply that is there already, for which no request is sent.
    func settleKept(on loop: CurlLoop) {
        guard case .admitted(let limits, let receipt) = self else { return }
        limits.settle(receipt, requests: 0, on: loop)
    }
}
