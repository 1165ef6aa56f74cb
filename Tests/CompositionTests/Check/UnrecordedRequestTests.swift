import Testing

@Suite("Paths that nothing is recorded at")
struct UnrecordedRequestTests {
    private let answers = [
        ("users", "GET /users/1", "1"), ("users", "GET /users/1/friends", "[]"), ("orders", "GET /orders", "[]"),
        ("orders", "POST /orders", "{}"),
    ]

    @Test(
        "a slip in a path is told, with the recorded one that is near",
        arguments: [
            (#""backend": "orders", "path": "/order""#, #""/order""#, "/orders"),
            (#""backend": "users", "path": "/user/{id}""#, #""/user/{id}""#, "/users/{}"),
            (#""backend": "users", "path": "/users/{id}/freinds""#, #""/users/{id}/freinds""#, "/users/{}/friends"),
        ]
    )
    func slips(call: String, text: String, meant: String) throws {
        let found = try findings(
            #"{"endpoint": "GET /a/{id}", "calls": {"u": {\#(call)}}, "response": {"body": ["{u}", "{id}"]}}"#,
            answers: answers
        )
        let name = call.contains("orders") ? "orders" : "users"
        #expect(
            found == [
                "1 ‹\(text)›: warning: no answer of '\(name)' is recorded at a path like this one|did you mean '\(meant)'?"
            ]
        )
    }

    @Test(
        "nothing is said where an answer fits, none is near, or nothing is recorded",
        arguments: [
            #""backend": "orders", "path": "/orders""#, #""backend": "users", "path": "/users/{id}""#,
            #""backend": "orders", "path": "/refunds""#, #""backend": "other", "path": "/order""#,
            #""backend": "users", "path": "/{id}/1""#,
        ]
    )
    func silence(call: String) throws {
        let found = try findings(
            #"{"endpoint": "GET /a/{id}", "calls": {"u": {\#(call)}}, "response": {"body": ["{u}", "{id}"]}}"#,
            answers: answers
        )
        #expect(found == [])
    }
}
