import Testing

@Suite("Paths that can be empty")
struct EmptyPathTests {
    /// A call to the path beside `others`, its parameters and the warning's place.
    private func warning(
        path: String,
        parameters: String = "",
        others: String = "",
        when: String = ""
    ) throws -> [String] {
        try findings(
            """
            {"endpoint": "GET /a", "parameters": {\(parameters)}, "calls": {\(others)
              "u": {"backend": "b", "path": "/x-\(path)/y"\(when)}},
             "response": {"body": "{u}"}}
            """
        ).filter { $0.contains("path") }
    }

    @Test("a parameter that need not be given")
    func parameter() throws {
        #expect(
            try warning(path: "{lang}", parameters: #""lang": {}"#) == [
                "2 ‹lang›: warning: a path cannot hold null, and 'lang' is null when the parameter 'lang' is not given|"
                    + #"give the parameter a "default", or say "required": true; or skip the call: "when": "lang""#
            ]
        )
        #expect(try warning(path: "{n}", parameters: #""n": {"type": "integer", "required": true}"#) == [])
        #expect(try warning(path: "{n}", parameters: #""n": {"type": "integer", "default": 1}"#) == [])
        #expect(try warning(path: "{lang || 'en'}", parameters: #""lang": {}"#) == [])
    }

    @Test("a parameter that a client may send empty")
    func emptyParameter() throws {
        #expect(
            try warning(path: "{lang}", parameters: #""lang": {"name": "l", "required": true}"#) == [
                "2 ‹lang›: warning: a path cannot hold an empty text, and a client may send 'l' empty|"
                    + #"give the parameter "minLength": 1, or a "pattern""#
            ]
        )
        for schema in [#""minLength": 1"#, #""pattern": "^[a-z]{2}$""#, #""enum": ["en", "de"]"#] {
            #expect(try warning(path: "{lang}", parameters: "\"lang\": {\"required\": true, \(schema)}") == [])
        }
    }

    @Test("parts of the request that a client may leave out")
    func requestParts() throws {
        #expect(
            try warning(path: "{request.query.page}") == [
                "2 ‹request.query.page›: warning: a path cannot hold null, and 'request.query.page' is null when the request's query "
                    + "has no 'page'|skip the call where it is null, \"when\": \"request.query.page\", "
                    + "or write what stands for it: {request.query.page || '…'}"
            ]
        )
        #expect(
            try warning(path: #"{request.headers.\"x-shop\"}"#) == [
                #"2 ‹request.headers.\"x-shop\"›: "#
                    + "warning: a path cannot hold null, and 'request.headers.\"x-shop\"' is null when the request "
                    + "has no header 'x-shop'|skip the call where it is null, "
                    + #""when": "request.headers.\"x-shop\"", or write what stands for it: "#
                    + #"{request.headers."x-shop" || '…'}"#
            ]
        )
        #expect(try warning(path: "{request.language}").count == 1)
        #expect(try warning(path: "{request.id}") == [])
    }

    @Test("a value of a call whose fallback is null or has no such member")
    func fallbacks() throws {
        func others(_ fallback: String) -> String { #""o": {"backend": "b", "path": "/"\#(fallback)},"# }
        #expect(try warning(path: "{o.id}", others: others("")) == [])
        #expect(
            try warning(path: "{o.id}", others: others(#", "fallback": null"#)) == [
                "2 ‹o.id›: warning: a path cannot hold null, and 'o.id' is null when 'o' has failed|"
                    + "skip the call where it is null, \"when\": \"o.id\", or write what stands for it: {o.id || '…'}"
            ]
        )
        #expect(
            try warning(path: "{o.id}", others: others(#", "fallback": {"ids": []}"#)) == [
                "2 ‹o.id›: warning: a path cannot hold null, and 'o.id' is null when 'o' has failed: its fallback has no "
                    + "such value|skip the call where it is null, \"when\": \"o.id\", "
                    + "or write what stands for it: {o.id || '…'}"
            ]
        )
        #expect(try warning(path: "{o.id}", others: others(#", "fallback": {"id": 7}"#)) == [])
    }

    @Test("a value of a call that accepts a status without one")
    func acceptedStatus() throws {
        let others = #""o": {"backend": "b", "path": "/", "success": [200, 404]},"#
        #expect(
            try warning(path: "{o.id}", others: others).first?.hasPrefix(
                "2 ‹o.id›: warning: a path cannot hold null, and 'o.id' is null when 'o' is answered with 404|"
            ) == true
        )
    }

    @Test("nothing is said where the call's condition mentions it, or where it comes from a call that was skipped")
    func guarded() throws {
        #expect(try warning(path: "{lang}", parameters: #""lang": {}"#, when: #", "when": "lang""#) == [])
        let skipped = #""o": {"backend": "b", "path": "/", "when": "request.language == 'en'"},"#
        #expect(try warning(path: "{o.id}", others: skipped) == [])
        #expect(try warning(path: "{request.query.a}", when: #", "when": "request.query.a""#) == [])
    }
}
