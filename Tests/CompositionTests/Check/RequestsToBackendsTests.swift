import Diagnostics
import Testing

@testable import Composition

@Suite("What endpoints could ask of backends")
struct RequestsToBackendsTests {
    private static let files = [
        #"""
        {"endpoint": "GET /me/{id}", "parameters": {"id": {"in": "path"}},
         "calls": {"u": {"backend": "users", "path": "/users/{id}/v{id}"},
                   "o": {"backend": "orders", "method": "POST", "path": "/orders", "body": "{u}"}},
         "response": {"body": "{o}"}}
        """#,
        #"{"endpoint": "ANY /legacy/{rest...}", "proxy": {"backend": "old"}}"#,
        #"{"endpoint": "GET /img/{id}", "proxy": {"backend": "images", "path": "/v1/{id}"}}"#,
    ]

    @Test(
        "methods and paths decide",
        arguments: [
            ("users", "GET", ["users", "7", "v7"], true), ("users", "GET", ["users", nil, nil], true),
            ("users", "GET", [nil, "7", "v7"], true), ("users", "GET", ["users", "7", "7"], false),
            ("users", "GET", ["users", "7"], false), ("users", "POST", ["users", "7", "v7"], false),
            ("orders", "POST", ["orders"], true), ("orders", "GET", ["orders"], false),
            ("stock", "GET", ["orders"], false),
            ("old", "DELETE", ["legacy", "a", "b"], true), ("old", "GET", ["legacy"], true),
            ("old", "GET", ["new", "a"], false), ("old", "GET", [nil, "a"], true),
            ("images", "GET", ["v1", "7"], true), ("images", "HEAD", ["v1", nil], true),
            ("images", "POST", ["v1", "7"], false), ("images", "GET", ["v2", "7"], false),
        ] as [(String, String, [String?], Bool)]
    )
    func mayAsk(backend: String, method: String, segments: [String?], isPossible: Bool) {
        let diagnostics = DiagnosticList()
        let files = Self.files.enumerated().map { index, text in
            SourceFile(path: "\(index).json", bytes: Array(text.utf8))
        }
        let set = CompositionSet.compile(files, backends: nil, diagnostics: diagnostics)
        #expect(diagnostics.diagnostics.map { $0.rendered() } == [])
        #expect(set.mayAsk(backend, method: method, segments: segments) == isPossible)
    }
}
