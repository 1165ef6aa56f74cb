import NIOConcurrencyHelpers

/// What one fixture backend has seen since it started.
public struct ReplayCounts: Hashable, Sendable {
    /// Connections accepted.
    public var connections = 0
    /// Connections that are open now.
    public var openConnections = 0
    /// Requests that no fixture answered.
    public var misses = 0
    /// Requests that were read in full, by the name of the fixture that answers them; counted before any delay.
    public var requests: [String: Int] = [:]

    /// All requests that were read in full, misses included.
    public var totalRequests: Int { requests.values.reduce(misses, +) }
}

/// Counts what happens at one fixture backend, and lets a test wait for it. Safe from any thread.
final class ReplayRecorder: Sendable {
    private struct State {
        var connections = 0
        var openConnections = 0
        var misses = 0
        /// By the fixture's index.
        var requests: [Int]
        /// What `requests` was when sequences began anew.
        var startOfSequence: [Int]
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
    }

    private struct Waiter {
        let condition: @Sendable (ReplayCounts) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private let fixtures: [String]
    private let state: NIOLockedValueBox<State>

    /// - Parameter fixtures: the fixtures' names; each is counted by its index.
    init(fixtures: [String]) {
        self.fixtures = fixtures
        let none = Array(repeating: 0, count: fixtures.count)
        self.state = NIOLockedValueBox(State(requests: none, startOfSequence: none))
    }

    var counts: ReplayCounts { state.withLockedValue { counts($0) } }

    func connected() {
        change {
            $0.connections += 1
            $0.openConnections += 1
        }
    }

    func disconnected() { change { $0.openConnections -= 1 } }

    func missed() { change { $0.misses += 1 } }

    /// - Returns: how many answers the fixture has given before, since it began anew.
    func answered(_ index: Int) -> Int {
        change { state in
            state.requests[index] += 1
            return state.requests[index] - state.startOfSequence[index] - 1
        }
    }

    /// Lets the sequences of all fixtures begin anew. What was counted stays.
    func resetSequences() { change { $0.startOfSequence = $0.requests } }

    /// Returns as soon as the condition holds.
    ///
    /// - Parameter condition: called under a lock on whichever thread counts; quick, and without calls back.
    /// - Throws: `CancellationError` when the task is cancelled first.
    func waitUntil(_ condition: @escaping @Sendable (ReplayCounts) -> Bool) async throws {
        let ticket = state.withLockedValue { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let holds = state.withLockedValue { state in
                    if condition(counts(state)) { return true }
                    state.waiters[ticket] = Waiter(condition: condition, continuation: continuation)
                    return false
                }
                if holds { continuation.resume() } else if Task.isCancelled { release(ticket) }
            }
        } onCancel: {
            release(ticket)
        }
        try Task.checkCancellation()
    }

    private func release(_ ticket: Int) {
        state.withLockedValue { $0.waiters.removeValue(forKey: ticket) }?.continuation.resume()
    }

    private func change<Result>(_ body: (inout State) -> Result) -> Result {
        let (result, ready) = state.withLockedValue { state -> (Result, [Waiter]) in
            let result = body(&state)
            guard !state.waiters.isEmpty else { return (result, []) }
            let counts = counts(state)
            let tickets = state.waiters.filter { $0.value.condition(counts) }.keys
            return (result, tickets.compactMap { state.waiters.removeValue(forKey: $0) })
        }
        for waiter in ready { waiter.continuation.resume() }
        return result
    }

    private func counts(_ state: State) -> ReplayCounts {
        ReplayCounts(
            connections: state.connections,
            openConnections: state.openConnections,
            misses: state.misses,
            requests: Dictionary(zip(fixtures, state.requests), uniquingKeysWith: +)
        )
    }
}
