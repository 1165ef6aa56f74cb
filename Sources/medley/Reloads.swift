import Gateway

/// Wishes to have the files loaded anew, from signals, the watch and the admin address, in the order in which they come.
struct Reloads: Sendable {
    typealias Asked = @Sendable (ReloadOutcome) -> Void

    let stream: AsyncStream<Asked>
    private let continuation: AsyncStream<Asked>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    /// Asks, and does not wait for what comes of it.
    func askLater() {
        continuation.yield { _ in }
    }

    /// Asks, and returns what came of it.
    func ask() async -> ReloadOutcome {
        await withCheckedContinuation { waiting in
            let result = continuation.yield { waiting.resume(returning: $0) }
            if case .terminated = result {
                waiting.resume(returning: .refused(["the gateway is about to stop"]))
            }
        }
    }

    /// None is taken any more; those that were are still carried out.
    func finish() {
        continuation.finish()
    }
}
