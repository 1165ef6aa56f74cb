import JSONSlices
import Testing

@testable import Composition

@Suite("An OpenAPI document")
struct DocumentTests {
    private static let call = #""calls": {"a": {"backend": "b", "path": "/a"}}"#

    private func endpoint(_ pattern: String) -> String { #"{"endpoint": "\#(pattern)", \#(Self.call)}"# }

    @Test(
        "names operations after method and path alone",
        arguments: [
            ("GET /home/{userId}", "getHomeByUserId"), ("GET /", "getRoot"), ("DELETE /a-b/c_d", "deleteABCD"),
            ("PUT /users/{user}/orders/{order}", "putUsersByUserOrdersByOrder"),
            ("GET /v1.2/caf%C3%A9", "getV12CafC3A9"),
        ]
    )
    func operationNames(pattern: String, expected: String) throws {
        #expect(try OpenAPINames.operation(EndpointPattern(parsing: pattern)) == expected)
    }

    @Test(
        "names types after the endpoint's file",
        arguments: [
            ("compositions/home.json", "Home"), ("compositions/cookbook/all-or-nothing.json", "CookbookAllOrNothing"),
            ("compositions/2fa.json", "Endpoint2fa"), ("compositions/чай.json", "Endpoint"),
            ("elsewhere.json", "Elsewhere"),
        ]
    )
    func typeNames(path: String, expected: String) {
        #expect(OpenAPINames.endpoint(path, in: "compositions") == expected)
    }

    @Test("tells names apart that differ in case alone, or in what no name can hold")
    func uniqueNames() throws {
        let document = try document(
            of: [
                ("a-b.json", endpoint("GET /a-b")), ("aB.json", endpoint("GET /a/b")),
                ("a_b.json", endpoint("GET /a_b")),
            ],
            answers: [("GET /a", #"{"x-y": {"p": 1}, "xY": {"p": 1}, "чай": {"p": 1}}"#)]
        )
        let operations = (document.member("paths")?.objectMembers ?? []).compactMap {
            $0.value.at("get", "operationId")
        }
        #expect(operations.compactMap(\.string) == ["getAB", "getAB2", "getAB3"])
        let schemas = document.at("components", "schemas")?.keys.filter { !$0.hasPrefix("Problem") } ?? []
        #expect(Set(schemas.map { $0.lowercased() }).count == 12)
        #expect(schemas.prefix(4) == ["ABReply", "ABReplyXY", "ABReplyXY2", "ABReplyMember"])
    }

    @Test("has one path for those that differ in the names of their parameters")
    func samePaths() throws {
        let document = try document(
            of: [
                ("a.json", endpoint("GET /a/{id}/{other}")),
                (
                    "b.json",
                    #"{"endpoint": "PUT /a/{key}/{id}", "parameters": {"key": {"type": "integer"}}, \#(Self.call)}"#
                ),
            ]
        )
        #expect(document.member("paths")?.keys == ["/a/{id}/{other}"])
        let item = try #require(document.at("paths", "/a/{id}/{other}"))
        #expect(item.keys == ["get", "put"])
        let names = item.at("put", "parameters")?.arrayElements?.map {
            "\($0.at("name")?.string ?? ""): \($0.at("schema")?.text ?? "")"
        }
        #expect(names == [#"id: {"type":"integer"}"#, #"other: {"type":"string"}"#])
    }

    @Test("lists what is only passed on, which has no one path")
    func proxies() throws {
        let document = try document(
            of:
                #"{"endpoint": "ANY /legacy/{rest...}", "summary": "The old API.", "proxy": {"backend": "old", "path": "/{rest}"}}"#
        )
        #expect(document.member("paths")?.count == 0)
        let proxy = document.member("x-medley-proxies")?.element(at: 0)
        #expect(proxy?.member("endpoint")?.string == "ANY /legacy/{rest...}")
        #expect(proxy?.member("backend")?.string == "old")
        #expect(proxy?.member("summary")?.string == "The old API.")
    }

    @Test("keeps the order of members, in templates and in answers")
    func order() throws {
        let document = try document(
            of: #"{"endpoint": "GET /x", \#(Self.call), "response": {"body": {"z": 1, "a": "{a}", "m": "{a.q}"}}}"#,
            answers: [("GET /a", #"{"q": 1, "b": 2}"#), ("GET /a", #"{"a": 0, "q": 1}"#)]
        )
        #expect(document.at("components", "schemas", "XReply", "properties")?.keys == ["z", "a", "m"])
        #expect(document.at("components", "schemas", "XReplyA", "properties")?.keys == ["q", "b", "a"])
    }
}
