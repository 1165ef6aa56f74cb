import CurlTransport
import NIOCore
import Synchronization

extension Responder {
    /// Decides on a loop, then goes on where the request has come from.
    ///
    /// The rare way: keys have to be fetched, or a password hashed. It begins a task without a parent as
    /// ``CompositionHandler`` does, owned by the connection.
    func later<Decision: Sendable>(
        on loop: CurlLoop,
        _ running: RunningCompositions,
        _ decide: @escaping @Sendable () async -> Decision,
        then goOn: @escaping @Sendable (Decision) -> any FrontCancellation
    ) -> any FrontCancellation {
        let cancellation = LaterCancellation()
        let eventLoop = eventLoop
        running.begin()
        let task = Task(executorPreference: loop) {
            let decision = await decide()
            eventLoop.execute {
                defer { running.end() }
                guard !cancellation.isCancelled else { return }
                cancellation.follow(goOn(decision))
            }
        }
        cancellation.follow(TaskCancellation(task: task))
        return cancellation
    }
}

/// Cancels what the request is doing at the time: deciding, or what comes after.
private final class LaterCancellation: FrontCancellation {
    private struct State {
        var isCancelled = false
        var current: (any FrontCancellation)?
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    func follow(_ next: any FrontCancellation) {
        let isOver = state.withLock { state in
            state.current = next
            return state.isCancelled
        }
        if isOver { next.cancel() }
    }

    func cancel() {
        let current = state.withLock { state in
            state.isCancelled = true
            return state.current
        }
        current?.cancel()
    }
}

private struct TaskCancellation: FrontCancellation {
    let task: Task<Void, Never>

    func cancel() { task.cancel() }
}
