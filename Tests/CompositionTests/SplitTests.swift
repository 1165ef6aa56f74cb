import CurlTransport
import Diagnostics
import Testing

@testable import Composition

@Suite("Splits")
struct SplitTests {
    private func split(_ sides: [(String, Int)]) -> Split {
        Split(sides: sides.map { Split.Side(backend: $0.0, weight: $0.1) }, sticky: nil)
    }

    private func backends(of split: Split, keys: Int) -> [String] {
        (0..<keys).map { split.sides[split.side(of: Array("user-\($0)".utf8))].backend }
    }

    @Test(
        "each side gets the share of its weight, up to four standard deviations",
        arguments: [[("v1", 90), ("v2", 10)], [("a", 1), ("b", 1), ("c", 2)], [("old", 999), ("new", 1)]]
    )
    func shares(sides: [(String, Int)]) {
        let split = split(sides)
        let keys = 40_000
        let taken = Dictionary(grouping: backends(of: split, keys: keys)) { $0 }.mapValues(\.count)
        for (name, weight) in sides {
            let share = Double(weight) / Double(split.total)
            let deviation = (Double(keys) * share * (1 - share)).squareRoot()
            let difference = abs(Double(taken[name] ?? 0) - Double(keys) * share)
            #expect(difference < 4 * deviation, "\(name): \(taken)")
        }
    }

    @Test("a weight that grows takes keys from the others, and no key changes sides otherwise")
    func growing() {
        let keys = 20_000
        let before = backends(of: split([("v1", 90), ("v2", 10), ("v3", 50)]), keys: keys)
        let after = backends(of: split([("v1", 90), ("v2", 30), ("v3", 50)]), keys: keys)
        let moved = zip(before, after).filter { $0 != $1 }
        let wrong = moved.filter { $0.1 != "v2" }
        #expect(wrong.isEmpty)
        #expect(moved.count > keys / 20 && moved.count < keys / 6, "\(moved.count)")
    }

    @Test("the order of the file says nothing, and a side without a weight gets nothing")
    func order() {
        let one = backends(of: split([("v1", 3), ("v2", 1)]), keys: 2_000)
        #expect(one == backends(of: split([("v2", 1), ("v1", 3)]), keys: 2_000))
        let none = backends(of: split([("off", 0), ("on", 1)]), keys: 2_000)
        #expect(Set(none) == ["on"])
        #expect(split([("off", 0), ("on", 1)]).heaviest == 1)
        // Of two alike the last or the first, but always the same.
        #expect(split([("a", 1), ("b", 1)]).heaviest == split([("a", 1), ("b", 1)]).heaviest)
    }

    @Test("the side of a key is a promise to users: it stays over versions")
    func pinned() {
        let split = split([("v1", 50), ("v2", 50)])
        let sides = (0..<24).map { split.side(of: Array("user-\($0)".utf8)) }
        #expect(sides.map(String.init).joined() == Self.pinnedSides)
    }

    private static let pinnedSides = "001010011000000100011000"

    @Test("a copy is made of the share that is wanted, and of what is safe unless the file says otherwise")
    func mirrored() {
        let mirror = Mirror(backend: "m", percent: 12.5, copiesUnsafe: false, maxConcurrency: 1)
        var generator = SystemRandomNumberGenerator()
        let taken = (0..<20_000).count { _ in mirror.takes(method: "GET", chance: generator.next()) }
        #expect((2_300...2_700).contains(taken), "\(taken)")
        #expect(!mirror.takes(method: "GET", chance: nil))
        let all = Mirror(backend: "m", percent: 100, copiesUnsafe: false, maxConcurrency: 1)
        #expect(all.takes(method: "GET", chance: nil) && !all.takes(method: "POST", chance: 1))
        let unsafe = Mirror(backend: "m", percent: 100, copiesUnsafe: true, maxConcurrency: 1)
        #expect(unsafe.takes(method: "POST", chance: nil))
    }

    @Test("what a split decides and what a mirror decides have nothing to do with each other")
    func independent() {
        let split = split([("v1", 50), ("v2", 50)])
        let mirror = Mirror(backend: "m", percent: 50, copiesUnsafe: false, maxConcurrency: 1)
        var generator = SystemRandomNumberGenerator()
        var both = 0
        for _ in 0..<20_000 {
            let chance = generator.next()
            let side = split.side(of: withUnsafeBytes(of: chance.littleEndian) { Array($0) })
            if side == 0, mirror.takes(method: "GET", chance: chance) { both += 1 }
        }
        #expect((4_700...5_300).contains(both), "\(both)")
    }

    @Test("the calls of one request go to the same version, item by item where the list says so")
    func calls() async throws {
        let composition = #"""
            {"endpoint": "GET /a", "calls": {
              "list": {"backend": "lists", "path": "/list"},
              "each": {"forEach": "list", "split": {"v1": 1, "v2": 1}, "sticky": "{item}", "path": "/i/{item}"},
              "one": {"split": {"v1": 1, "v2": 1}, "sticky": "{request.headers.\"x-user\"}", "path": "/one"},
              "two": {"split": {"v1": 1, "v2": 1}, "sticky": "{request.headers.\"x-user\"}", "path": "/two"}},
             "response": {"body": {"items": "{each}", "one": "{one}", "two": "{two}"}}}
            """#
        var fixtures = ["lists/l": #"{"request": {"path": "/list"}, "response": {"body": [1, 2, 3, 4, 5, 6, 7, 8]}}"#]
        for version in ["v1", "v2"] {
            for (name, path) in [("i", "/i/{n}"), ("one", "/one"), ("two", "/two")] {
                fixtures["\(version)/\(name)"] =
                    #"{"request": {"path": "\#(path)"}, "response": {"body": "\#(version)"}}"#
            }
        }
        let split = split([("v1", 1), ("v2", 1)])
        func side(_ key: String) -> String { split.sides[split.side(of: Array(key.utf8))].backend }
        let items = (1...8).map { "\"\(side("\($0)"))\"" }.joined(separator: ",")
        try await withBench(composition, fixtures: fixtures) { bench in
            for user in ["ada", "grace", "olga", "mary"] {
                let reply = await bench.run(headers: ["x-user": user])
                #expect(
                    reply.text == #"{"items":[\#(items)],"one":"\#(side(user))","two":"\#(side(user))"}"#,
                    "\(user): \(reply)"
                )
            }
        }
        #expect(items.contains("v1") && items.contains("v2"))
    }

    @Test("without a key and without chance it is the heaviest")
    func heaviest() async throws {
        let composition = """
            {"endpoint": "GET /a", "calls": {"u": {"split": {"v1": 1, "v2": 2}, "sticky": "{request.headers.x}", "path": "/u"}}}
            """
        let fixtures = [
            "v1/u": #"{"request": {"path": "/u"}, "response": {"body": 1}}"#,
            "v2/u": #"{"request": {"path": "/u"}, "response": {"body": 2}}"#,
        ]
        try await withBench(composition, fixtures: fixtures) { bench in
            let reply = await bench.run()
            #expect(reply.text == "2")
        }
    }

    @Test("explained, and refused where a reply would be kept for everybody")
    func compiled() throws {
        func compile(_ text: String) -> (set: CompositionSet, errors: [String]) {
            let diagnostics = DiagnosticList()
            let file = SourceFile(path: "c.json", bytes: Array(text.utf8))
            let set = CompositionSet.compile([file], backends: ["v1", "v2"], diagnostics: diagnostics)
            return (set, diagnostics.sorted().map { $0.rendered() })
        }
        let call = #""u": {"split": {"v1": 90, "v2": 10}, "path": "/u"}"#
        let (set, errors) = compile(#"{"endpoint": "GET /a", "calls": {\#(call)}}"#)
        let plan = try #require(set.plans.first, "\(errors)")
        let text = Explanation(plan, backendTimeouts: ["v1": .seconds(1), "v2": .seconds(2)]).text
        #expect(text.contains("u  v1 90 %, v2 10 %  GET /u"), "\(text)")
        #expect(text.contains("at most 2s"), "\(text)")
        #expect(plan.backends == ["v1", "v2"])
        let cached = compile(
            #"{"endpoint": "GET /a", "calls": {\#(call)}, "response": {"body": "{u}", "cache": "60s"}}"#
        )
        #expect(cached.errors.first?.contains("would give one side of the split of 'u' to everybody") == true)
        let odd = Split(sides: [.init(backend: "a", weight: 2), .init(backend: "b", weight: 1)], sticky: nil)
        #expect(odd.sketch == "a 66.7 %, b 33.3 %")
    }
}
