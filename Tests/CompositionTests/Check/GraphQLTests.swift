import Testing

@Suite("Values in the text of a GraphQL query")
struct GraphQLTests {
    private func found(body: String, headers: String = "") throws -> [String] {
        try findings(
            """
            {"endpoint": "POST /a/{id}", "calls": {
              "u": {"backend": "b", "method": "POST", "path": "/graphql", "headers": {\(headers)},
                "body": \(body)}},
             "response": {"headers": {"X-Id": "{id}"}, "body": "{u}"}}
            """
        )
    }

    private let help =
        #"declare a variable, query($id: …), and pass the value beside the query: "variables": { "id": "{id}" }"#

    @Test("an expression between the braces of a query")
    func interpolated() throws {
        let body = #"{"query": "query {'{'} user(id: \"{id}\") {'{'} name {'}'} {'}'}"}"#
        let message = "'id' is written into the text of a GraphQL query"
        #expect(try found(body: body) == ["3 ‹id›: warning: \(message)|\(help)"])
        #expect(try found(body: "[\(body)]").count == 1)
    }

    @Test("an expression that joins the query itself")
    func joined() throws {
        let body = #"{"query": "{join('', ['{ user(id: ', id, ') { name } }'])}"}"#
        #expect(try found(body: body).first?.hasPrefix("3 ‹join(") == true)
    }

    @Test("a query that is the whole body")
    func wholeBody() throws {
        let body = #""{'{ user(id:'} {id} {') { name } }'}""#
        #expect(try found(body: body, headers: #""Content-Type": "application/graphql""#).count == 1)
        #expect(try found(body: body) == [])
    }

    @Test(
        "variables, constant queries and other search languages are fine",
        arguments: [
            #"{"query": "query($id: ID!) {'{'} user(id: $id) {'{'} name {'}'} {'}'}", "variables": {"id": "{id}"}}"#,
            #"{"query": "name:{id}"}"#,
            #"{"query": "{id}"}"#,
            #"{"query": "{'{\"match\": '}{id}{'}'}"}"#,
            #"{"text": "query {'{'} user(id: \"{id}\") {'}'}"}"#,
        ]
    )
    func fine(body: String) throws {
        #expect(try found(body: body) == [])
    }
}
