import Testing

@testable import Composition

@Suite("Too many requests to backends")
struct RequestCountTests {
    private let text = """
        {"endpoint": "GET /a", "calls": {
          "ids": {"backend": "b", "path": "/ids"},
          "spare": {"backend": "b", "path": "/spare"},
          "each": {"forEach": "ids", "backend": "b", "path": "/x/{item.id}", "maxItems": 40, "fallback": "{spare}"},
          "some": {"forEach": "ids", "batch": {"size": 30, "key": "id"}, "backend": "b", "path": "/y",
            "query": {"ids": "{join(',', item)}"}}},
         "response": {"body": ["{each}", "{some}"]}}
        """

    @Test("each call counts once, a list as often as it has items or batches, a spare call too")
    func count() throws {
        let plan = try #require(compile(text, backends: nil).plan)
        #expect(plan.worstCaseRequests.total == 2 + 40 + 4)
        #expect(try findings(text, maxBackendRequests: 46) == [])
    }

    @Test("an endpoint that could cause more than the operator allows is an error that says what they are")
    func tooMany() throws {
        #expect(
            try findings(text, maxBackendRequests: 45) == [
                """
                4 ‹40›: error: one request may cause 46 requests to backends; 45 are the most: \
                2 calls + 40 of 'each' + 4 of 'some'|lower "maxItems", ask for several ids at once with "batch", \
                or raise "limits": { "backendRequests" } in the settings
                """
            ]
        )
    }

    @Test("where there is no list the endpoint is meant")
    func withoutLists() throws {
        let found = try findings(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "b", "path": "/"}, "v": {"backend": "b", "path": "/v"}}, "response": {"body": ["{u}", "{v}"]}}"#,
            maxBackendRequests: 1
        )
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix(#"1 ‹"GET /a"›: "# + "error: one request may cause 2 requests to backends") == true
        )
    }
}
