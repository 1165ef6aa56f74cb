import Gateway

/// The access log's line as JSON, through swift-log up to where the log's thread takes over.
let logBenchmarks: [Benchmark] = [
    Benchmark("log.access", iterations: 1_000) { _ in
        let reply = MeasuredReply(body: Array(#"{"id":42}"#.utf8))
        return { reply.logged() }
    }
]
