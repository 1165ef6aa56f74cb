import Synchronization

/// Spans between their end and their way to a collector: at most so many; what comes when it is full is dropped and counted.
///
/// Safe from any thread. Adding costs a lock that is held for an append.
package final class SpanQueue: Sendable {
    private struct State {
        var spans: [FinishedSpan] = []
        var dropped: UInt64 = 0
        var isClosed = false
    }

    private let capacity: Int
    /// As many are worth a request of their own.
    private let batch: Int
    private let state = Mutex(State())
    /// An element whenever there is something to do: a full batch, or `wake`. Ends with `close`.
    package let signals: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init(capacity: Int, batch: Int) {
        self.capacity = capacity
        self.batch = batch
        (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func add(_ span: FinishedSpan) {
        let isFull = state.withLock { state in
            guard state.spans.count < capacity, !state.isClosed else {
                state.dropped &+= 1
                return false
            }
            state.spans.append(span)
            return state.spans.count % batch == 0
        }
        if isFull { continuation.yield() }
    }

    /// Up to a batch of the oldest; none when nothing waits.
    package func take() -> [FinishedSpan] {
        state.withLock { state in
            guard state.spans.count > batch else {
                defer { state.spans = [] }
                return state.spans
            }
            let first = Array(state.spans.prefix(batch))
            state.spans.removeFirst(batch)
            return first
        }
    }

    package func wake() { continuation.yield() }

    /// Takes no more; what is there can still be taken.
    package func close() {
        state.withLock { $0.isClosed = true }
        continuation.finish()
    }

    package var isClosed: Bool { state.withLock { $0.isClosed } }
    /// How many wait.
    package var count: Int { state.withLock { $0.spans.count } }
    /// How many there was no room for.
    package var dropped: UInt64 { state.withLock { $0.dropped } }
}
