public import CoreMetrics
import Synchronization

/// The backend of swift-metrics: what Medley's own events and the libraries within it count is told by `GET /metrics`.
///
/// Labels become names of Prometheus: `http.requests` is `http_requests_total` for a counter, `…_seconds` for a timer.
/// What happens for every request is not counted here but by the loops, each for itself.
///
/// Safe from any thread.
public final class LibraryMetrics: MetricsFactory {
    /// Further series count nothing: nobody who makes up labels fills the memory.
    static let maximumSeries = 10_000

    private struct Key: Hashable {
        var name: String
        var labels: [String]
    }

    private struct State {
        /// By metric and labels.
        var series: [Key: LibrarySeries] = [:]
        /// How often a series was asked for in vain.
        var refused = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// - Returns: the series with this name and these labels, made where there is none; one that nobody reads where there
    ///   is no room for it, or where the name is another kind's.
    private func series(
        _ label: String,
        _ dimensions: [(String, String)],
        _ kind: LibrarySeries.Kind
    ) -> LibrarySeries {
        let name = Self.name(label, suffix: kind.suffix)
        let labels = dimensions.map { (name: Self.name($0.0, suffix: ""), value: $0.1) }.sorted { $0.name < $1.name }
        let key = Key(name: name, labels: labels.flatMap { [$0.name, $0.value] })
        return state.withLock { state in
            if let known = state.series[key], known.kind == kind { return known }
            let series = LibrarySeries(name: name, labels: labels, kind: kind)
            let isOther = state.series.contains { $0.key.name == name && $0.value.kind != kind }
            guard state.series.count < Self.maximumSeries, !isOther else {
                state.refused += 1
                return series
            }
            state.series[key] = series
            return series
        }
    }

    private func forget(_ handler: AnyObject) {
        state.withLock { state in
            guard let found = state.series.first(where: { $0.value === handler }) else { return }
            state.series[found.key] = nil
        }
    }

    // MARK: For libraries

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter)
    }

    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge)
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        series(label, dimensions, aggregate ? .summary : .gauge)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .durations)
    }

    public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }

    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }

    public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }

    public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }

    public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

    // MARK: For Prometheus

    /// Writes all series, those of a metric together.
    ///
    /// - Parameter helps: what a metric means, by its name.
    func write(to metrics: inout MetricsText, helps: [String: String]) {
        let (series, refused) = state.withLock { (Array($0.series.values), $0.refused) }
        let byName = Dictionary(grouping: series, by: \.name)
        for (name, series) in byName.sorted(by: { $0.key < $1.key }) {
            guard let kind = series.first?.kind else { continue }
            metrics.begin(name, kind.ofPrometheus, helps[name] ?? "Counted by a library within Medley.")
            for one in series.sorted(by: { $0.labels.map(\.value).lexicographicallyPrecedes($1.labels.map(\.value)) }) {
                one.write(to: &metrics)
            }
        }
        guard refused > 0 else { return }
        metrics.begin("medley_metrics_refused_total", .counter, "Series of libraries for which there was no room.")
        metrics.sample("medley_metrics_refused_total", [], refused)
    }

    /// A name as Prometheus wants it (prometheus.io/docs/concepts/data_model): letters, digits and underscores, no digit
    /// first.
    static func name(_ label: String, suffix: String) -> String {
        var name = ""
        for byte in label.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): name.unicodeScalars.append(.init(byte))
            default: name += "_"
            }
        }
        if name.utf8.first.map({ (0x30...0x39).contains($0) }) ?? true { name = "_" + name }
        return name.hasSuffix(suffix) ? name : name + suffix
    }
}
