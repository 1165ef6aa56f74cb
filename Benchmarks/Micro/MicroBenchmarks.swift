/// Runs one step of the hot path again and again: under callgrind for its counts, alone for its time.
///
/// `Benchmarks/micro` builds this, makes the data it reads, and runs it.
@main
struct MicroBenchmarks {
    static let usage = """
        usage: medley-micro --list
               medley-micro NAME --data DIRECTORY [--iterations N]

        Benchmarks/micro makes the directory and runs every benchmark; --list prints their names, and the iterations
        that their counts are taken over.
        """

    static let all: [Benchmark] =
        indexBenchmarks + memberBenchmarks + expressionBenchmarks + templateBenchmarks + requestBenchmarks
        + compositionBenchmarks + routeBenchmarks + replyBenchmarks + logBenchmarks

    static func main() throws {
        var arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "--list" {
            for benchmark in all { print(benchmark.name, benchmark.iterations) }
            return
        }
        guard let name = arguments.popFirst() else { throw Failure(usage) }
        guard let benchmark = all.first(where: { $0.name == name }) else {
            throw Failure("no benchmark is named '\(name)'\n\(usage)")
        }
        var inputs = Inputs(directory: ".")
        var iterations: Int?
        while let option = arguments.popFirst(), let value = arguments.popFirst() {
            switch option {
            case "--data": inputs = Inputs(directory: value)
            case "--iterations": iterations = Int(value)
            default: throw Failure(usage)
            }
        }
        let operation = try benchmark.prepare(inputs)
        if let iterations {
            let time = Measurement.time(of: operation, iterations: iterations)
            print(name, iterations, "iterations", Measurement.text(time), "ns/op")
        } else {
            print(name, Measurement.text(Measurement.median(of: operation)), "ns/op")
        }
    }
}

/// Why nothing was measured.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
