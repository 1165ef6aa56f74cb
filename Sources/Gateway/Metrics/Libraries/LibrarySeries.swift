import CoreMetrics
import CurlTransport
import Synchronization

/// One metric with one set of labels, as a library counts it. Safe from any thread.
final class LibrarySeries: Sendable {
    enum Kind: Sendable {
        case counter
        case gauge
        /// Number and sum of what was recorded.
        case summary
        /// A histogram of seconds.
        case durations

        var suffix: String {
            switch self {
            case .counter: "_total"
            case .gauge, .summary: ""
            case .durations: "_seconds"
            }
        }

        var ofPrometheus: MetricsText.Kind {
            switch self {
            case .counter: .counter
            case .gauge: .gauge
            case .summary: .summary
            case .durations: .histogram
            }
        }
    }

    private struct State {
        var value = 0.0
        var count: UInt64 = 0
        var durations = DurationHistogram()
    }

    let name: String
    let labels: MetricsText.Labels
    let kind: Kind
    private let state = Mutex(State())

    init(name: String, labels: MetricsText.Labels, kind: Kind) {
        self.name = name
        self.labels = labels
        self.kind = kind
    }

    func write(to metrics: inout MetricsText) {
        let state = state.withLock { $0 }
        switch kind {
        case .counter, .gauge:
            metrics.sample(name, labels, state.value)
        case .summary:
            metrics.sample(name + "_sum", labels, state.value)
            metrics.sample(name + "_count", labels, state.count)
        case .durations:
            metrics.histogram(name, labels, state.durations)
        }
    }

    private func add(_ amount: Double) {
        guard amount.isFinite else { return }
        state.withLock { $0.value += amount }
    }

    private func put(_ value: Double) {
        guard value.isFinite else { return }
        state.withLock { $0.value = value }
    }
}

extension LibrarySeries: CounterHandler {
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        add(Double(amount))
    }

    /// Back to nothing, which a reader takes for a restart.
    func reset() {
        state.withLock { $0 = State() }
    }
}

/// `increment(by:)` is a counter's as well as a meter's.
extension LibrarySeries: FloatingPointCounterHandler, MeterHandler {
    func set(_ value: Int64) { put(Double(value)) }

    func set(_ value: Double) { put(value) }

    func increment(by amount: Double) {
        guard kind != .counter || amount > 0 else { return }
        add(amount)
    }

    func decrement(by amount: Double) { add(-amount) }
}

extension LibrarySeries: RecorderHandler {
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard kind == .summary else { return put(value) }
        guard value.isFinite else { return }
        state.withLock { state in
            state.value += value
            state.count &+= 1
        }
    }
}

extension LibrarySeries: TimerHandler {
    func recordNanoseconds(_ duration: Int64) {
        state.withLock { $0.durations.add(nanoseconds: UInt64(max(0, duration))) }
    }
}
