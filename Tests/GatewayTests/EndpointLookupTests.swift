import Composition
import Diagnostics
import Testing

@testable import Gateway

@Suite("Finding the endpoint of a request")
struct EndpointLookupTests {
    @Test(
        "as the gateway routes: literals before parameters, decoded, one per method where none is named",
        arguments: [
            (nil, "/users/42", ["GET /users/{id}", "DELETE /users/{id}"]),
            ("DELETE", "/users/42", ["DELETE /users/{id}"]),
            ("HEAD", "/users/%6De", ["GET /users/me"]),
            (nil, "/users/me", ["GET /users/me", "DELETE /users/{id}"]),
            ("POST", "/users/42", []),
            (nil, "/users/", []),
            (nil, "/users/../x", []),
            (nil, "users", []),
            (nil, "", []),
        ] as [(String?, String, [String])]
    )
    func lookup(method: String?, path: String, found: [String]) throws {
        let diagnostics = DiagnosticList()
        let files = ["GET /users/{id}", "GET /users/me", "DELETE /users/{id}"].map { endpoint in
            SourceFile(
                path: "\(endpoint).json",
                bytes: Array(#"{"endpoint": "\#(endpoint)", "calls": {"u": {"backend": "b", "path": "/"}}}"#.utf8)
            )
        }
        let set = CompositionSet.compile(files, backends: nil, diagnostics: diagnostics)
        #expect(!diagnostics.hasErrors)
        let lookup = try #require(EndpointLookup(set))
        #expect(lookup.endpoints(method: method, path: path).map(\.pattern.description) == found)
    }
}
