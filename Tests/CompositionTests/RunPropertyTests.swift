import JSONSlices
import ResponseCache
import TestSupport
import Testing

@testable import Composition
@testable import CurlTransport

/// Random endpoints over backends that answer in a random order, beside a model that knows no order.
@Suite("Whatever the order of answers")
struct RunPropertyTests {
    /// A call of a random endpoint: what it needs, and what its backend does.
    struct Model {
        var needs: [Int] = []
        /// A list of so many items, the item of each a number.
        var items: Int?
        /// Skipped unless the value of this call is true.
        var condition: Int?
        var hasFallback = false
        /// The items that fail; 0 is the call itself where it has no list.
        var failing: Set<Int> = []

        func json(_ index: Int) -> String {
            var members = [#""backend": "users""#, #""path": "/c\#(index)\#(items == nil ? "" : "/{item}")""#]
            if let items {
                members.append(#""forEach": "range(`0`, `\#(items)`)", "maxConcurrency": \#(items % 3 + 1)"#)
            }
            if !needs.isEmpty {
                members.append(#""query": {"n": "\#(needs.map { "{to_string(c\($0))}" }.joined())"}"#)
            }
            if let condition { members.append(#""when": "c\#(condition)""#) }
            if hasFallback { members.append(#""fallback": "else\#(index)""#) }
            return #""c\#(index)": {\#(members.joined(separator: ", "))}"#
        }
    }

    /// What each call comes to; nil when a required one fails.
    private static func values(_ models: [Model]) -> [String]? {
        var values: [String] = []
        for (index, model) in models.enumerated() {
            let isSkipped = model.condition.map { ["null", "[]"].contains(values[$0]) } ?? false
            func value(_ item: Int) -> String? {
                if isSkipped { return "null" }
                if model.failing.contains(item) { return model.hasFallback ? "\"else\(index)\"" : nil }
                return "\(index * 100 + item)"
            }
            let items = (0..<(model.items ?? 1)).map(value)
            guard !items.contains(nil) else { return nil }
            let texts = items.compactMap(\.self)
            values.append(model.items == nil ? texts[0] : "[\(texts.joined(separator: ","))]")
        }
        return values
    }

    private static func models(_ generator: inout SeededGenerator) -> [Model] {
        (0..<Int.random(in: 1...6, using: &generator)).map { index in
            var model = Model()
            if index > 0 {
                model.needs = (0..<index).filter { _ in Int.random(in: 0..<3, using: &generator) == 0 }
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    model.condition = Int.random(in: 0..<index, using: &generator)
                }
            }
            if Int.random(in: 0..<3, using: &generator) == 0 { model.items = Int.random(in: 0...5, using: &generator) }
            model.hasFallback = Int.random(in: 0..<3, using: &generator) > 0
            let odds = model.hasFallback ? 3 : 12
            model.failing = Set((0..<6).filter { _ in Int.random(in: 0..<odds, using: &generator) == 0 })
            return model
        }
    }

    /// Answers the run's requests in a random order.
    private static func drive(_ run: inout CompositionRun, _ models: [Model], _ generator: inout SeededGenerator)
        -> [String]
    {
        var urls: [String] = []
        var waiting: [(exchange: Int, request: TransportRequest, caching: CachedExchange?)] = []
        run.begin(at: .now)
        while true {
            let new = run.takeRequests()
            // Nothing is started any more once the run has stopped.
            if run.phase == .stopped { #expect(new.isEmpty) }
            waiting += new
            urls += new.map(\.request.url)
            guard !waiting.isEmpty else { return urls }
            let (exchange, request, _) = waiting.remove(at: Int.random(in: waiting.indices, using: &generator))
            let path = request.url.dropFirst("http://users/c".count).split(separator: "?")[0].split(separator: "/")
            let call = Int(path[0]) ?? 0
            let item = path.count > 1 ? Int(path[1]) ?? 0 : 0
            let fails = models[call].failing.contains(item)
            let response = TransportResponse(
                status: fails ? 500 : 200,
                section: HeaderSection(),
                body: Array("\(call * 100 + item)".utf8),
                timings: TransferTimings(queue: 0, connect: 0, firstByte: 0, total: 0)
            )
            run.ended(ExchangeEnd(exchange: exchange, result: .success(Answer(response))), at: .now)
        }
    }

    @Test("the reply is the same, and the one that a model without order expects", arguments: 0..<300)
    func confluence(seed: Int) async throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let models = Self.models(&generator)
        let calls = models.enumerated().map { $1.json($0) }.joined(separator: ",\n")
        let body = models.indices.map { "\"{c\($0)}\"" }.joined(separator: ",")
        let (compiled, errors) = compile(
            #"{"endpoint": "GET /a", "calls": {\#(calls)}, "response": {"body": [\#(body)]}}"#
        )
        let plan = try #require(compiled, "\(errors)")
        let transport = try CurlTransport(backends: [BackendOptions(name: "users")], loops: 1)
        let backend = BoundBackend(backend: try #require(transport.backend(named: "users")), base: "http://users")
        await transport.shutdown()
        let expected = Self.values(models)
        for _ in 0..<4 {
            var run = CompositionRun(
                plan: plan,
                backends: plan.calls.map { _ in [backend] },
                forwarded: [],
                slots: plan.slotSources.map { _ in .null },
                start: .now
            )
            let urls = Self.drive(&run, models, &generator)
            let reply = ReplyBuilder(plan: plan).reply(of: run)
            #expect(Set(urls).count == urls.count, "an equal request was sent twice")
            if let expected {
                #expect(reply.text == "[\(expected.joined(separator: ","))]")
                #expect((reply.header("Medley-Partial") != nil) == expected.contains { $0.contains("else") })
            } else {
                #expect(reply.status == 502)
                #expect(reply.failures.contains { $0.call == reply.failedCall })
            }
        }
    }
}
