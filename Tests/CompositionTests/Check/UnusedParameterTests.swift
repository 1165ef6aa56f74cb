import Testing

@Suite("Unused parameters")
struct UnusedParameterTests {
    @Test("a parameter that nothing reads is told, at its name or in the endpoint's path")
    func unused() throws {
        let found = try findings(
            """
            {"endpoint": "GET /a/{id}/{slug}",
             "parameters": {"limit": {"type": "integer"}, "locale": {"in": "header", "name": "X-Locale"}},
             "calls": {"u": {"backend": "b", "path": "/{id}"}}}
            """
        )
        #expect(
            found == [
                "1 ‹{slug}›: warning: nothing uses the parameter 'slug'|"
                    + "mention it as {slug}, or name it _slug to say that this is meant",
                #"2 ‹"limit"›: "#
                    + "warning: nothing uses the parameter 'limit'|mention it as {limit}, or take it away",
                #"2 ‹"locale"›: "#
                    + "warning: nothing uses the parameter 'locale'|mention it as {locale}, or take it away",
            ]
        )
    }

    @Test("one that is passed on with the rest of the request, or named with a _, is used")
    func used() throws {
        let found = try findings(
            """
            {"endpoint": "GET /a/{id}/{_slug}",
             "parameters": {"limit": {"type": "integer"}, "locale": {"in": "header", "name": "X-Locale"}},
             "calls": {"u": {"backend": "b", "path": "/{id}", "query": "{request.query}",
               "headers": {"X-Locale": "{request.headers.\\"x-locale\\"}"}}}}
            """
        )
        #expect(found == [])
    }
}
