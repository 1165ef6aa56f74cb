// The store in memory, measured: hit ratios, times, memory. `Benchmarks/cache` runs it.

@main
enum CacheBenchmarks {
    static func main() async {
        switch CommandLine.arguments.dropFirst().first {
        case "ratios": HitRatios.run()
        case "times": await Times.run()
        case "memory": Memory.run()
        default: print("usage: medley-cache ratios|times|memory")
        }
    }
}

/// Text in a column.
func column(_ text: String, _ width: Int, right: Bool = true) -> String {
    let padding = String(repeating: " ", count: max(0, width - text.count))
    return right ? padding + text : text + padding
}

func decimal(_ number: Double, places: Int = 1) -> String {
    let scale = places == 1 ? 10.0 : 100.0
    let scaled = Int((number * scale).rounded())
    let rest = String(scaled % Int(scale))
    return "\(scaled / Int(scale))." + String(repeating: "0", count: places - rest.count) + rest
}
