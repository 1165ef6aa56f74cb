import Composition

/// The response's body, from values that are there.
let templateBenchmarks: [Benchmark] = ["small", "large"].map { size in
    Benchmark("template.\(size)", iterations: 100) { inputs in
        let request = EndpointRequest.get("/\(size)/42", parameters: ["42"])
        let finished = try required(inputs.shop(size).finished(request), "the run")
        _ = try required(finished.body(), "the body")
        return { keep(finished.body()) }
    }
}
