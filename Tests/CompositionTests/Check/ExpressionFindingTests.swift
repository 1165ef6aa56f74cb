import Testing

@Suite("Functions fed by values that may be null")
struct ExpressionFindingTests {
    private func found(_ expression: String, call: String = "", parameters: String = "") throws -> [String] {
        try findings(
            """
            {"endpoint": "POST /a", "parameters": {\(parameters)},
             "requestBody": {"type": "object", "properties": {"n": {"type": "string"}, "m": {"type": "string"}},
               "required": ["m"]},
             "calls": {"o": {"backend": "b", "path": "/"\(call)}},
             "response": {"body": ["{o}", "{\(expression)}"]}}
            """
        )
    }

    @Test(
        "each cause of a null is told, at the value",
        arguments: [
            ("length(o)", #", "fallback": null"#, "length()", "'o' has failed", "o || `[]`"),
            ("length(o)", #", "when": "request.language == 'en'""#, "length()", "'o' is skipped", "o || `[]`"),
            ("length(o)", #", "success": [200, 404]"#, "length()", "'o' is answered with 404", "o || `[]`"),
            ("upper(q)", "", "upper()", "the parameter 'q' is not given", "q || ''"),
            (
                "upper(request.body.n)", "", "upper()", "the request's body has no 'n'",
                "request.body.n || ''"
            ),
            ("upper(calls.o.error)", "", "upper()", "'o' has not failed", "calls.o.error || ''"),
        ]
    )
    func causes(
        expression: String,
        call: String,
        function: String,
        cause: String,
        fix: String
    ) throws {
        // Read elsewhere as well, so that the parameter is used in every case.
        let all = try found(expression, call: call + #", "headers": {"X-Q": "{q}"}"#, parameters: #""q": {}"#)
        let value = expression.split(whereSeparator: { "()".contains($0) })[1]
        #expect(
            all == ["5 ‹\(value)›: warning: \(function) does not take null, which this is when \(cause)|write \(fix)"]
        )
    }

    @Test("what the type of a parameter makes fail in every case is an error")
    func failures() throws {
        let all = try found("upper(n)", parameters: #""n": {"type": "integer", "required": true}"#)
        #expect(all == ["5 ‹n›: error: invalid-type: upper() takes a string as argument 1, found a number|"])
    }

    @Test("a fallback of another form than the value")
    func otherForm() throws {
        let all = try found("upper(o.name)", call: #", "fallback": {"nam": "?"}"#)
        #expect(
            all == [
                "5 ‹o.name›: warning: with the fallback of 'o': upper() takes a string as argument 1, found null|"
                    + "write a fallback of the same form as the value"
            ]
        )
    }

    @Test(
        "nothing is said of what is there, or of what nothing is known",
        arguments: [
            ("upper(o.name)", ""), ("length(o)", #", "fallback": []"#),
            ("upper(o.name)", #", "fallback": {"name": "?"}"#),
            ("upper(request.body.m)", ""), ("upper(request.id)", ""), ("length(o || `[]`)", #", "fallback": null"#),
            ("abs(calls.o.status)", ""),
        ]
    )
    func silent(expression: String, call: String) throws {
        #expect(try found(expression, call: call) == [])
    }

    @Test("items of a list may be null: those that were skipped, and those whose fallback is null")
    func items() throws {
        func each(_ rest: String) throws -> [String] {
            try findings(
                """
                {"endpoint": "GET /a", "calls": {
                  "ids": {"backend": "b", "path": "/ids"},
                  "each": {"forEach": "ids", "backend": "b", "path": "/x/{item.id}", "select": "name"\(rest)}},
                 "response": {"body": "{join(',', each)}"}}
                """
            )
        }
        #expect(try each("") == [])
        #expect(
            try each(#", "fallback": null"#) == [
                "4 ‹each›: warning: join() takes an array of strings; an element is null when 'each' has failed|"
                    + "(each)[*] leaves nulls out"
            ]
        )
        #expect(try each(#", "when": "item.ok""#).count == 1)
    }

    @Test("what a call's condition mentions is there in its other expressions")
    func guarded() throws {
        let all = try findings(
            """
            {"endpoint": "GET /a", "parameters": {"q": {}}, "calls": {
              "o": {"backend": "b", "path": "/", "query": {"q": "{upper(q)}"}, "when": "q"}}}
            """
        )
        #expect(all == [])
    }
}
