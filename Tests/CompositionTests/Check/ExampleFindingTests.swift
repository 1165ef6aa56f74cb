import Testing

@Suite("What recorded answers tell")
struct ExampleFindingTests {
    private let answers = [
        ("users", "GET /users/1", #"{"id": 1, "firstName": "Ada", "passwordHash": "x", "tags": [{"internal": 1}]}"#),
        ("users", "GET /users/2", #"{"id": 2, "nickname": "al", "address": null}"#),
        ("users", "GET /users/1/friends", #"[{"id": 7, "email": "a@b"}, {"id": 8}]"#),
        ("orders", "GET /orders", #"{"items": [{"id": 1, "placed_at": "…", "lines": [{"sku": "A"}]}]}"#),
    ]

    private func found(
        user: String = "",
        orders: String = "",
        body: String = #""{user}""#,
        others: String = ""
    ) throws -> [String] {
        try findings(
            """
            {"endpoint": "GET /home/{id}", "calls": {
              "user": {"backend": "users", "path": "/users/{id}"\(user)},
              "orders": {"backend": "orders", "path": "/orders"\(orders)}\(others)},
             "response": {"headers": {"X-N": "{length(orders)}"}, "body": \(body)}}
            """,
            answers: answers
        )
    }

    @Test("an omit path that nothing matches, with the name that is near")
    func omit() throws {
        #expect(try found(user: #", "omit": ["passwordHash", "**.internal", "nickname", "tags[].*"]"#) == [])
        let message = "warning: nothing in the recorded answers of 'users' matches this path"
        #expect(
            try found(user: #", "omit": ["pasword_hash", "**.internl", "[].id", "secret", "tags.internal"]"#) == [
                #"2 ‹"pasword_hash"›: "# + "\(message)|did you mean 'passwordHash'?",
                #"2 ‹"**.internl"›: "# + "\(message)|did you mean 'internal'?",
                #"2 ‹"[].id"›: "# + "\(message)|there is an object and no list: leave out the []",
                #"2 ‹"secret"›: "# + "\(message)|take it away, or record an answer that has it",
                #"2 ‹"tags.internal"›: "# + "\(message)|there is a list: write [] for its elements",
            ]
        )
    }

    @Test("omit is looked for in what select makes of the answers")
    func omitAfterSelect() throws {
        #expect(try found(user: #", "select": "{n: firstName, t: tags}", "omit": ["t[].internal"]"#) == [])
        #expect(
            try found(user: #", "select": "{n: firstName}", "omit": ["passwordHash"]"#).first?.hasPrefix(
                #"2 ‹"passwordHash"›: "#
            )
                == true
        )
    }

    @Test("a member that no answer has, where expressions read it")
    func members() throws {
        #expect(
            try found(
                orders:
                    #", "select": "items[].{id: id, at: placedAt, skus: lines[].sku}", "query": {"u": "{user.idd}"}"#,
                body: #"{"a": "{user.fristName}", "b": "{orders[0].skus}", "c": "{user.tags[0].internal}"}"#
            ) == [
                "3 ‹placedAt›: warning: no recorded answer has 'placedAt' here|did you mean 'placed_at'?",
                "3 ‹idd›: warning: no recorded answer has 'idd' here|did you mean 'id'?",
                "4 ‹fristName›: warning: no recorded answer has 'fristName' here|did you mean 'firstName'?",
            ]
        )
    }

    @Test("where the absence is provided for, only a name that looks misspelt is told")
    func guarded() throws {
        #expect(
            try found(
                body: #"{"a": "{user.middle || user.firstName}", "b?": "{user.middle}", "c": "{user.firstNam || 'x'}"}"#
            ) == ["4 ‹firstNam›: warning: no recorded answer has 'firstNam' here|did you mean 'firstName'?"]
        )
        #expect(
            try found(body: #"{"a": "{user.middle}"}"#).first
                == "4 ‹middle›: warning: no recorded answer has 'middle' here|take it away, or record an answer that has it"
        )
    }

    @Test("what omit takes away is not there for others")
    func omitted() throws {
        #expect(
            try found(user: #", "omit": ["passwordHash"]"#, body: #""{user.passwordHash}""#) == [
                "4 ‹passwordHash›: warning: 'passwordHash' is not there: 'omit' of 'user' leaves it out|"
                    + #"take it out of "omit", or do not read it"#
            ]
        )
        #expect(try found(body: #""{user.passwordHash}""#) == [])
    }

    @Test("items of a list and of a batch are followed")
    func lists() throws {
        let each = #", "each": {"forEach": "orders.items", "backend": "users", "path": "/users/{item.di}"}"#
        #expect(
            try found(body: #"["{user}", "{each[0].frstName}"]"#, others: each) == [
                "3 ‹di›: warning: no recorded answer has 'di' here|did you mean 'id'?",
                "4 ‹frstName›: warning: no recorded answer has 'frstName' here|did you mean 'firstName'?",
            ]
        )
        let batch = """
            , "some": {"forEach": "orders.items[].id", "batch": {"key": "idd"}, "backend": "users", \
            "path": "/users/{id}/friends", "query": {"ids": "{join(',', item)}"}}
            """
        #expect(
            try found(body: #"["{user}", "{some[0].email}", "{some[0].emial}"]"#, others: batch) == [
                "3 ‹idd›: warning: no recorded answer has 'idd' here|did you mean 'id'?",
                "4 ‹emial›: warning: no recorded answer has 'emial' here|did you mean 'email'?",
            ]
        )
    }

    @Test("a fallback's members count, and of a value that only a request has nothing is said")
    func otherSources() throws {
        #expect(try found(user: #", "fallback": {"guest": true}"#, body: #""{user.guest}""#) == [])
        let other = #", "other": {"backend": "none", "path": "/x"}"#
        #expect(try found(body: #"["{user}", "{other.anything}", "{merge(user, other).thing}"]"#, others: other) == [])
    }

    @Test("a select that makes null of every answer")
    func nothing() throws {
        #expect(
            try found(user: #", "select": "tags[?internal > `5`] | [0]""#) == [
                "2 ‹tags[?internal > `5`] | [0]›: warning: 'select' makes null of each of the 2 recorded answers that the call could get|"
                    + "try it: medley eval EXPRESSION FILE, with the answer's body in the file"
            ]
        )
        #expect(try found(user: #", "select": "address || firstName""#) == [])
    }

    @Test("without recorded answers nothing is said of them")
    func noAnswers() throws {
        let text = """
            {"endpoint": "GET /home/{id}", "calls": {
              "user": {"backend": "users", "path": "/users/{id}", "omit": ["nothing"]}},
             "response": {"body": "{user.nothing}"}}
            """
        #expect(try findings(text) == [])
        #expect(try findings(text, answers: []) == [])
        #expect(try findings(text, answers: answers).count == 2)
    }
}
