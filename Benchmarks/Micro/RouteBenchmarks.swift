import Gateway

/// The endpoint of a path among few and among many.
let routeBenchmarks: [Benchmark] = [10, 1_000, 10_000].map { count in
    Benchmark("route.\(count)", iterations: 1_000) { _ in
        let paths = (0..<count).map { "/api/area\($0 / 10)/{shop}/list\($0 % 10)/{item}" }
        let router = try required(MeasuredRouter(paths: paths), "a router")
        let sought = count * 7 / 10
        let path = "/api/area\(sought / 10)/4711/list\(sought % 10)/blue%20tea"
        guard router.endpoint(path) == sought else { throw Failure("\(path) leads elsewhere") }
        return { keep(router.endpoint(path)) }
    }
}
