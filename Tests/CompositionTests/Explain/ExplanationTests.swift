import Diagnostics
import JSONSlices
import Testing

@testable import Composition

@Suite("Explaining an endpoint")
struct ExplanationTests {
    private let text = """
        {"endpoint": "POST /trips/{id}/book", "summary": "Books \\"all\\" or nothing.", "timeout": "2s",
         "calls": {
          "trip": {"backend": "trips", "path": "/trips/{id}", "timeout": "300ms"},
          "seats": {"forEach": "trip.legs", "backend": "rail", "method": "POST", "path": "/legs/{item.id}/seats",
            "maxItems": 20, "maxConcurrency": 4, "timeout": "200ms"},
          "names": {"forEach": "trip.carriers", "batch": {"size": 10, "key": "id"}, "backend": "rail",
            "path": "/carriers", "query": {"ids": "{join(',', item)}"}, "fallback": "{all}"},
          "all": {"backend": "rail", "path": "/all", "fallback": []},
          "offers": {"when": "trip.plan == 'gold'", "backend": "offers", "path": "/offers", "fallback": null},
          "paid": {"backend": "pay", "method": "POST", "path": "/pay", "body": {"seats": "{seats}"}, "propagate": [402]},
          "undo": {"when": "calls.paid.error", "backend": "rail", "method": "POST", "path": "/undo",
            "body": {"seats": "{seats}"}, "success": [200, 409]}},
         "response": {"body": {"paid": "{paid}", "names": "{names}", "offers": "{offers}"}}}
        """

    private func explanation(_ text: String, backendTimeouts: [String: Duration] = [:]) throws -> Explanation {
        let (plan, errors) = compile(text, backends: nil)
        return Explanation(try #require(plan, "\(errors)"), backendTimeouts: backendTimeouts)
    }

    @Test("as text: stages, notes, time, requests and failures")
    func asText() throws {
        #expect(
            try explanation(text).text == """
                POST /trips/{id}/book
                  Books "all" or nothing.
                  within 2s · 3 stages · at most 35 requests to backends

                  stage 1
                    trip    trips   GET /trips/{id}             within 300ms, required

                  stage 2, 3 calls at the same time
                    seats   rail    POST /legs/{item.id}/seats  after trip, for each of trip.legs (at most 20, 4 at a time), \
                within 200ms each, required
                    names   rail    GET /carriers               after trip, for each of trip.carriers (at most 100, \
                10 in a request, 8 at a time), else {all}
                    offers  offers  GET /offers                 after trip, when trip.plan == 'gold', else null

                  stage 3
                    paid    pay     POST /pay                   after seats, required

                  only when a fallback needs them
                    all     rail    GET /all                    else []

                  only after a failure, before the reply
                    undo    rail    POST /undo                  after seats, paid, when calls.paid.error, accepts 200, 409

                  critical path: trip (300ms) → seats (5 × 200ms) → paid, at most 2s, the endpoint's timeout
                  worst case: 35 requests: 5 calls + 20 of 'seats' + 10 of 'names'
                  when one fails:
                    trip: the request fails with 504, 502 or 500, or the backend's 404, 409, 410, 412, 422
                    seats: one item is enough: the request fails with 504, 502 or 500
                    names, all, offers: the fallback is used, and Medley-Partial says so
                    paid: the request fails with 504, 502 or 500, or the backend's 402
                    undo: the reply stays what it is, and the log tells

                """
        )
    }

    @Test("backends' timeouts count for calls without one of their own")
    func backendTimeouts() throws {
        let explained = try explanation(
            text,
            backendTimeouts: [
                "pay": .milliseconds(250), "trips": .seconds(9), "rail": .milliseconds(90), "offers": .milliseconds(90),
            ]
        )
        #expect(
            explained.text.contains(
                "critical path: trip (300ms) → seats (5 × 200ms) → paid (250ms), at most 1550ms\n"
            )
        )
    }

    @Test("the smallest endpoint takes a few lines")
    func smallest() throws {
        #expect(
            try explanation(#"{"endpoint": "GET /a", "calls": {"u": {"backend": "b", "path": "/x"}}}"#).text == """
                GET /a
                  within 10s · 1 stage · 1 request to a backend

                  stage 1
                    u  b  GET /x  required

                  critical path: u, at most 10s, the endpoint's timeout
                  worst case: 1 request
                  when one fails:
                    u: the request fails with 504, 502 or 500, or the backend's 404, 409, 410, 412, 422

                """
        )
    }

    @Test("as JSON: one document with every member in its place")
    func asJSON() throws {
        var writer = JSONWriter()
        try explanation(text).write(to: &writer)
        let root = try JSONDocument(parsing: writer.finish()).root
        func json(_ name: String) -> String? {
            root.member(name)?.withUTF8 { String(decoding: $0, as: UTF8.self) }
        }
        #expect(
            root.members.map { $0.key.string } == [
                "endpoint", "file", "summary", "timeout", "stages", "onlyForFallbacks", "calls", "criticalPath",
                "cache", "worstCaseRequests",
            ]
        )
        #expect(json("stages") == #"[["trip"],["seats","names","offers"],["paid"]]"#)
        #expect(json("onlyForFallbacks") == #"["all"]"#)
        #expect(json("criticalPath") == #"{"calls":["trip","seats","paid"],"time":"2s"}"#)
        #expect(json("worstCaseRequests") == "35")
        let calls = try #require(root.member("calls")).elements.map { call in
            call.withUTF8 { String(decoding: $0, as: UTF8.self) }
        }
        #expect(
            calls[2]
                == #"{"name":"names","backend":"rail","method":"GET","path":"/carriers","required":false,"#
                + #""needs":["trip"],"fallbackNeeds":["all"],"compensates":[],"when":null,"#
                + #""forEach":{"list":"trip.carriers","maxItems":100,"maxConcurrency":8,"#
                + #""batch":{"size":10,"key":"id"}},"timeout":null,"success":null,"propagate":null,"#
                + #""cache":null,"worstCaseRequests":10}"#
        )
        #expect(
            calls[6]
                == #"{"name":"undo","backend":"rail","method":"POST","path":"/undo","required":true,"#
                + #""needs":["seats","paid"],"fallbackNeeds":[],"compensates":["paid"],"when":"calls.paid.error","#
                + #""forEach":null,"timeout":null,"success":[200,409],"propagate":null,"cache":null,"#
                + #""worstCaseRequests":1}"#
        )
    }

    @Test("as a flowchart: boxes by stage, arrows by reference, dashed for failures")
    func asMermaid() throws {
        let lines = try explanation(text).mermaid.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }
        #expect(lines.first == "flowchart LR")
        for line in [
            #"request(["POST /trips/{id}/book"])"#, #"subgraph stage2 ["stage 2"]"#,
            #"call1[["seats<br/>rail: POST /legs/{item.id}/seats<br/>for each of trip.legs, at most 20 requests"]]"#,
            #"call4["offers<br/>offers: GET /offers<br/>when trip.plan == 'gold'"]"#, "request --> call0",
            "call0 --> call1", "call3 -.->|fallback| call2", "request -.-> call3", "call5 -.->|failed| call6",
            "call5 --> reply", "call6 -.-> reply", "class call3,call6 occasional",
        ] {
            #expect(lines.contains(line[...]), "\(line)")
        }
        #expect(!lines.contains("call0 --> reply"))
    }

    @Test("what Mermaid would read as more than text is written as an entity")
    func escaping() throws {
        let text = #"""
            {"endpoint": "GET /a;b", "calls": {
              "end": {"backend": "b", "path": "/x", "when": "request.headers.a == '<b>\"#&`;'"}}}
            """#
        #expect(
            try explanation(text).mermaid.contains(
                #"call0["end<br/>b: GET /x<br/>when request.headers.a == '#60;b#62;#34;#35;#38;#96;#59;'"]"#
            )
        )
    }
}
