import Synchronization

/// Counts the compositions that run, so that a stop can wait for the last: one whose client has gone may still have an
/// unsafe request under way, which is not to be broken off.
///
/// Safe from any thread; counting costs an atomic addition.
final class RunningCompositions: Sendable {
    private struct Waiters {
        var isOver = false
        var continuations: [Int: CheckedContinuation<Void, Never>] = [:]
        var next = 0
    }

    /// One more than there are, until the first `waitForLast` gives that one back.
    private let count = Atomic<Int>(1)
    private let isAwaited = Atomic<Bool>(false)
    private let waiters = Mutex(Waiters())

    /// Whether none runs any more, and none is to begin.
    var isOver: Bool { waiters.withLock { $0.isOver } }

    /// How many run.
    var number: Int { max(0, count.load(ordering: .relaxed) - (isAwaited.load(ordering: .relaxed) ? 0 : 1)) }

    func begin() {
        count.wrappingAdd(1, ordering: .relaxed)
    }

    func end() {
        guard count.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        let continuations = waiters.withLock { waiters in
            waiters.isOver = true
            defer { waiters.continuations = [:] }
            return Array(waiters.continuations.values)
        }
        for continuation in continuations { continuation.resume() }
    }

    /// Returns when none runs any more, or when `limit` is over. To be called, by as many as want to know, when no new ones
    /// begin.
    func waitForLast(within limit: Duration) async {
        if !isAwaited.exchange(true, ordering: .acquiringAndReleasing) { end() }
        await withTaskGroup { group in
            group.addTask { await self.last() }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func last() async {
        let ticket = waiters.withLock { waiters in
            waiters.next += 1
            return waiters.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = waiters.withLock { waiters in
                    if waiters.isOver || Task.isCancelled { return true }
                    waiters.continuations[ticket] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            waiters.withLock { $0.continuations.removeValue(forKey: ticket) }?.resume()
        }
    }
}
