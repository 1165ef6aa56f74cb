import CurlTransport

/// Metrics in Prometheus's text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
struct MetricsText {
    enum Kind: String {
        case counter, gauge, histogram, summary
    }

    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    typealias Labels = [(name: String, value: String)]

    private(set) var text = ""

    /// Begins a metric; its samples follow.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: Labels = [], _ value: some BinaryInteger) {
        write(name, labels, "\(value)")
    }

    /// A number that need not be whole.
    mutating func sample(_ name: String, _ labels: Labels = [], _ value: Double) {
        // What is whole is written so, as far as a Double tells whole numbers apart.
        let isWhole = value == value.rounded() && abs(value) < 9e15
        write(name, labels, isWhole ? "\(Int64(value))" : "\(value)")
    }

    /// A whole histogram in seconds.
    mutating func histogram(_ name: String, _ labels: Labels, _ histogram: DurationHistogram) {
        var total: UInt64 = 0
        for (bound, count) in zip(DurationHistogram.bounds, histogram.counts) {
            total &+= count
            write("\(name)_bucket", labels + [("le", Self.seconds(ofMilliseconds: bound))], "\(total)")
        }
        total &+= histogram.counts.last ?? 0
        write("\(name)_bucket", labels + [("le", "+Inf")], "\(total)")
        write("\(name)_sum", labels, "\(Double(histogram.sum) / 1e9)")
        write("\(name)_count", labels, "\(total)")
    }

    private static func seconds(ofMilliseconds bound: Double) -> String { "\(bound / 1_000)" }

    private mutating func write(_ name: String, _ labels: Labels, _ value: String) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
            text += "{" + pairs.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    /// Backslash, double quote and line feed are what a label's value escapes.
    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
