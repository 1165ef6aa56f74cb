import Composition

/// What a call sends: URL, path, query and headers. The first call is that of `Benchmarks/run`, the second has
/// something of everything.
let requestBenchmarks: [Benchmark] = [
    Benchmark("request.orders", iterations: 2_000) { inputs in
        let finished = try inputs.shop("large").finished(.get("/large/42", parameters: ["42"]))
        return try sending(call: 1, of: required(finished, "the run"))
    },
    Benchmark("request.rich", iterations: 2_000) { inputs in
        let run = try inputs.run(Array(richComposition.utf8), answers: [:])
        let query = "term=th%C3%A9%20vert&page=3"
        let request = EndpointRequest.get("/shops/4711/search", parameters: ["4711"], query: query)
        return try sending(call: 0, of: required(run.finished(request), "the run"))
    },
]

private func sending(call: Int, of finished: MeasuredRun.Finished) throws -> () -> Void {
    _ = try required(finished.request(ofCall: call), "a request")
    return { keep(finished.request(ofCall: call)) }
}

private let richComposition = """
    {
      "endpoint": "GET /shops/{shop}/search",
      "parameters": {
        "shop": { "in": "path" },
        "term": { "in": "query", "required": true },
        "page": { "in": "query", "type": "integer", "default": 1 }
      },
      "calls": {
        "found": {
          "backend": "catalog",
          "path": "/shops/{shop}/lists/best-{term}",
          "query": {
            "q": "{term}", "offset": "{(page - `1`) * `20`}", "limit": "20", "language": "{request.language}"
          },
          "headers": { "X-Shop": "shop {shop}", "Accept-Language": "fr-FR" }
        }
      },
      "response": { "body": { "found": "{found}" } }
    }
    """
