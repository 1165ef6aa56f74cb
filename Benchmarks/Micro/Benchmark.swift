/// One step, by name.
struct Benchmark: Sendable {
    /// `part.what`, or `part.what.size`.
    let name: String

    /// Over how many calls the counts are taken, and over twice as many: enough to see what happens now and then,
    /// few enough for callgrind, which takes fifty times as long as the machine.
    let iterations: Int

    /// Does what is not to be measured, and gives what is.
    let prepare: @Sendable (Inputs) throws -> () -> Void

    init(_ name: String, iterations: Int, prepare: @escaping @Sendable (Inputs) throws -> () -> Void) {
        self.name = name
        self.iterations = iterations
        self.prepare = prepare
    }
}

/// Takes a result, so that the compiler has to have it made.
@inline(never)
@_optimize(none)
func keep<Value>(_ value: Value) {}

/// The value, or a failure to prepare a benchmark.
func required<Value>(_ value: Value?, _ what: String) throws -> Value {
    guard let value else { throw Failure("\(what) is missing or does not fit") }
    return value
}
