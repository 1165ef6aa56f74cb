// One round of parsing a document: Medley's index, then Foundation's tree. `Benchmarks/json` runs the rounds.
//
// Of the benchmarks' programs this one alone links Foundation, and only to compare.

import Foundation
import JSONSlices

/// Takes a result, so that the compiler has to have it made.
@inline(never)
@_optimize(none)
func keep<Value>(_ value: Value) {}

/// Bytes per nanosecond, which is GB per second.
func throughput(of document: Int, seconds: Double, _ parse: () -> Void) -> Double {
    for _ in 0..<20 { parse() }
    let start = ContinuousClock.now
    let end = start + .seconds(seconds)
    var rounds = 0
    var now = start
    while now < end {
        for _ in 0..<20 { parse() }
        rounds += 20
        now = .now
    }
    return Double(document) * Double(rounds) / ((now - start) / .nanoseconds(1))
}

guard CommandLine.arguments.count == 3, let seconds = Double(CommandLine.arguments[2]) else {
    print("usage: medley-json FILE SECONDS")
    exit(2)
}
let data = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
let bytes = Array(data)
_ = try JSONDocument(parsing: bytes)
_ = try JSONSerialization.jsonObject(with: data)

// A document of its own for each parse, as for each answer of a backend: index allocated and freed.
let medley = throughput(of: bytes.count, seconds: seconds) { keep(try? JSONDocument(parsing: bytes)) }
let foundation = throughput(of: bytes.count, seconds: seconds) { keep(try? JSONSerialization.jsonObject(with: data)) }
print(medley, foundation)
