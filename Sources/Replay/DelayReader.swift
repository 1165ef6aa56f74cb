import Diagnostics
import JSONSlices

/// Reads a `delay`: a duration, or an object that says how delays are spread.
struct DelayReader {
    static let keys = ["from", "to", "median", "p99", "seed"]

    let reader: ObjectReader

    private static let range = Duration.zero...ReplayDelay.maximum

    func read() -> ReplayDelay? {
        guard let slice = reader["delay"], slice.kind == .object else {
            return reader.duration("delay", in: Self.range).map(ReplayDelay.fixed)
        }
        guard let spread = reader.nested("delay", known: Self.keys) else { return nil }
        let seed = UInt64(spread.integer("seed", in: 0...Int.max) ?? 0)
        let pairs = [("from", "to"), ("median", "p99")]
        let given = pairs.filter { spread[$0] != nil || spread[$1] != nil }
        guard given.count == 1, let (lower, upper) = given.first else {
            let message = "a delay is spread by 'from' and 'to', or by 'median' and 'p99'"
            reader.diagnostics.error(message, in: reader.file, at: slice)
            return nil
        }
        for key in [lower, upper] where spread[key] == nil { spread.missing(key) }
        guard let low = spread.duration(lower, in: Self.range), let high = spread.duration(upper, in: Self.range),
            let place = spread[upper]
        else { return nil }
        guard low <= high else {
            reader.diagnostics.error("'\(upper)' is less than '\(lower)'", in: reader.file, at: place)
            return nil
        }
        return lower == "from" ? .between(low, high, seed: seed) : .spread(median: low, p99: high, seed: seed)
    }
}
