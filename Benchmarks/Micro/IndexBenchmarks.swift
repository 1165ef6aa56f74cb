import JSONSlices

/// The index of a backend's body: made once for each answer.
let indexBenchmarks: [Benchmark] = [("user", "0.5K"), ("large-orders", "4K"), ("large-products", "16K")]
    .map { name, size in
        Benchmark("index.\(size)", iterations: 200) { inputs in
            let bytes = try inputs.bytes(name)
            _ = try JSONDocument(parsing: bytes)
            return { keep(try? JSONDocument(parsing: bytes)) }
        }
    }
