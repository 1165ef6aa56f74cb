import Synchronization

/// Counts the compositions that run, so that a stop can wait for the last: one whose client has gone may still have an
/// unsafe request under way, which is not to be broken off.
///
/// Safe from any thread; counting costs an atomic addition.
final class RunningCompositions: Sendable {
    /// One more than there are, until `waitForLast` gives that one back.
    private let count = Atomic<Int>(1)
    private let last: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() {
        (last, continuation) = AsyncStream.makeStream()
    }

    func begin() {
        count.wrappingAdd(1, ordering: .relaxed)
    }

    func end() {
        if count.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 { continuation.finish() }
    }

    /// Returns when none runs any more, or when `limit` is over. To be called once, when no new ones begin.
    func waitForLast(within limit: Duration) async {
        end()
        await withTaskGroup { group in
            group.addTask { [last] in
                for await _ in last {}
            }
            group.addTask {
                try? await Task.sleep(for: limit)
            }
            await group.next()
            group.cancelAll()
        }
    }
}
