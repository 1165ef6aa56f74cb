import Composition

/// A whole request but its transfers: parameters, three calls, indexing, selecting, the reply.
let compositionBenchmarks: [Benchmark] = ["small", "large"].map { size in
    Benchmark("composition.\(size)", iterations: 100) { inputs in
        let run = try inputs.shop(size)
        let request = EndpointRequest.get("/\(size)/42", parameters: ["42"])
        guard try required(run.reply(to: request), "the reply").status == 200 else { throw Failure("no reply") }
        return { keep(run.reply(to: request)) }
    }
}
