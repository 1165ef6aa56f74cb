import NIOConcurrencyHelpers
import NIOHTTP1

/// What the fixture backends of one set were asked, by all of them in one order. Safe from any thread.
final class ReplayJournal: Sendable {
    private struct State {
        /// By number, in the order in which the requests were read.
        var entries: [Int: Entry] = [:]
        var numbers: [String: [Int]] = [:]
        var next = 0
        /// No entry has a lower number.
        var oldest = 0
        var bytes = 0
        var dropped = 0
    }

    private struct Entry {
        var exchange: ReplayedExchange
        let requestID: String?
        let byteCount: Int
    }

    private let limits: JournalLimits
    private let state = NIOLockedValueBox(State())

    init(limits: JournalLimits) {
        self.limits = limits
    }

    /// Entries that gave way to newer ones.
    var dropped: Int { state.withLockedValue { $0.dropped } }

    /// - Returns: the entry's number, for ``finish(_:)``.
    func record(_ asked: AskedRequest, backend: String, fixture: String?) -> Int {
        let exchange = ReplayedExchange(
            backend: backend,
            method: asked.method,
            target: asked.target,
            headers: asked.headers.map { ($0.name, $0.value) },
            body: asked.body,
            fixture: fixture,
            began: .now
        )
        let requestID = asked.headers.first(name: "x-request-id")
        let entry = Entry(exchange: exchange, requestID: requestID, byteCount: exchange.byteCount)
        return state.withLockedValue { state in
            let number = state.next
            state.next += 1
            state.entries[number] = entry
            state.bytes += entry.byteCount
            if let requestID { state.numbers[requestID, default: []].append(number) }
            while state.entries.count > limits.entries || state.bytes > limits.bytes, state.oldest < state.next {
                if Self.remove(state.oldest, from: &state) { state.dropped += 1 }
                state.oldest += 1
            }
            return number
        }
    }

    /// The answer was handed over, or nothing more will come of it. Nothing happens for an entry that has ended or is gone.
    func finish(_ number: Int) {
        let now = ContinuousClock.now
        state.withLockedValue { state in
            if state.entries[number]?.exchange.ended == nil { state.entries[number]?.exchange.ended = now }
        }
    }

    func exchanges(requestID: String) -> [ReplayedExchange] {
        state.withLockedValue { state in
            (state.numbers[requestID] ?? []).compactMap { state.entries[$0]?.exchange }
        }
    }

    func allExchanges() -> [ReplayedExchange] {
        state.withLockedValue { state in
            state.entries.sorted { $0.key < $1.key }.map(\.value.exchange)
        }
    }

    func forget(requestID: String) {
        state.withLockedValue { state in
            for number in state.numbers[requestID] ?? [] { _ = Self.remove(number, from: &state) }
        }
    }

    private static func remove(_ number: Int, from state: inout State) -> Bool {
        guard let entry = state.entries.removeValue(forKey: number) else { return false }
        state.bytes -= entry.byteCount
        if let requestID = entry.requestID {
            state.numbers[requestID]?.removeAll { $0 == number }
            if state.numbers[requestID]?.isEmpty == true { state.numbers[requestID] = nil }
        }
        return true
    }
}
