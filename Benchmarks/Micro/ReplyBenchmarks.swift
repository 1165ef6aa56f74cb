import Gateway

/// The head of a reply, with a body so short that copying it costs nothing.
let replyBenchmarks: [Benchmark] = [
    Benchmark("reply.head", iterations: 1_000) { _ in
        let reply = MeasuredReply(body: Array(#"{"id":42}"#.utf8))
        guard reply.encoded() > 100 else { throw Failure("the reply is too short") }
        return { keep(reply.encoded()) }
    }
]
