import Testing

@testable import Replay

@Suite("Fixtures that are never chosen")
struct ShadowTests {
    private func fixture(_ name: String, _ request: ExpectedRequest, scenario: String? = nil) -> Fixture {
        Fixture(backend: "b", name: name, file: name, request: request, response: .init(), scenario: scenario)
    }

    private func shadows(_ fixtures: [Fixture]) -> [String] {
        FixtureSet(backends: ["b": fixtures]).shadowed().map { "\($0.fixture.name) by \($0.winner.name)" }
    }

    private func json(_ text: String) -> ComparableJSON {
        ComparableJSON(parsing: Array(text.utf8)) ?? .null
    }

    private func post(_ body: ExpectedRequest.Body) -> ExpectedRequest { .init(method: "POST", path: "/", body: body) }

    @Test("one that asks for less, or for something else, hides nothing")
    func fine() {
        #expect(
            shadows([
                fixture("a", .init(path: "/{x}")), fixture("b", .init(path: "/1")), fixture("c", .init(path: "/{x}/y")),
                fixture("d", .init(path: "/{x}", query: ["q": ["*"]])),
                fixture("e", .init(path: "/{x}", query: ["q": ["1"]])),
                fixture("f", .init(path: "/{x}", headers: ["h": "*"])),
                fixture("g", .init(path: "/{x}", headers: ["h": "a*"])),
                fixture("h", post(.contains(json(#"{"a":1}"#)))), fixture("i", post(.json(json(#"{"a":1}"#)))),
                fixture("j", post(.contains(json(#"{"a":1,"b":2}"#)))), fixture("k", post(.text([1]))),
            ]) == []
        )
    }

    @Test("a part of a body without objects is the whole of it")
    func part() {
        #expect(
            shadows([fixture("part", post(.contains(json("[1]")))), fixture("whole", post(.json(json("[1]"))))])
                == ["part by whole"]
        )
        #expect(
            shadows([fixture("part", post(.contains(json("[{}]")))), fixture("whole", post(.json(json("[{}]"))))]) == []
        )
    }

    @Test("a text of the same JSON comes second by its name")
    func text() {
        let text = post(.text(Array(#"{ "a": 1.0 }"#.utf8)))
        #expect(shadows([fixture("b", text), fixture("a", post(.json(json(#"{"a":1}"#))))]) == ["b by a"])
        #expect(shadows([fixture("a", text), fixture("b", post(.json(json(#"{"a":1}"#))))]) == [])
    }

    @Test("a scenario's exchange that asks for as much hides a recorded one")
    func scenario() {
        let text = post(.text(Array("[1]".utf8)))
        let whole = fixture("z", post(.json(json("[1]"))), scenario: "s")
        #expect(shadows([fixture("a", text), whole]) == ["a by z"])
    }
}
