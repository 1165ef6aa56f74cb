/// The loop that is counted: callgrind collects from its entry to its end, by this name.
///
/// Each turn costs the four instructions of the loop and the closure's call beside the operation.
@inline(never)
@_silgen_name("medley_measured")
func measured(_ operation: () -> Void, iterations: Int) {
    for _ in 0..<iterations { operation() }
}

/// Time, for information: it is as good as the machine is quiet.
enum Measurement {
    /// Runs before anything is counted: caches and pools are filled, symbols are bound.
    static let warmUp = 3

    /// Nanoseconds per call.
    static func time(of operation: () -> Void, iterations: Int) -> Double {
        for _ in 0..<warmUp { operation() }
        return batch(of: operation, iterations: iterations)
    }

    /// The median of nine batches of 30 ms each.
    static func median(of operation: () -> Void) -> Double {
        var iterations = 1
        while batch(of: operation, iterations: iterations) * Double(iterations) < 3e6 { iterations *= 2 }
        let times = (0..<9).map { _ in batch(of: operation, iterations: iterations * 10) }
        return times.sorted()[4]
    }

    private static func batch(of operation: () -> Void, iterations: Int) -> Double {
        let start = ContinuousClock.now
        measured(operation, iterations: iterations)
        return (ContinuousClock.now - start) / .nanoseconds(1) / Double(iterations)
    }

    /// Whole nanoseconds, and tenths of few.
    static func text(_ nanoseconds: Double) -> String {
        nanoseconds < 100 ? "\((nanoseconds * 10).rounded() / 10)" : "\(Int(nanoseconds.rounded()))"
    }
}
