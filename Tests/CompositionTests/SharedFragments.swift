import Diagnostics

@testable import Composition

/// Compiles compositions with the fragments of their directory; what is found comes back as the command line prints it.
func compile(
    _ endpoints: [(path: String, text: String)],
    fragments: [(path: String, text: String)]
) -> (plans: [Plan], findings: [String]) {
    func files(_ texts: [(path: String, text: String)]) -> [SourceFile] {
        texts.map { SourceFile(path: "compositions/\($0.path)", bytes: Array($0.text.utf8)) }
    }
    let diagnostics = DiagnosticList()
    let set = CompositionSet.compile(
        files(endpoints),
        fragments: Fragments(directory: "compositions", files: files(fragments)),
        backends: ["users", "orders"],
        diagnostics: diagnostics
    )
    return (set.plans, diagnostics.sorted().map { $0.rendered() })
}

/// One endpoint whose call `user` is this text.
func home(call: String, name: String = "home") -> (path: String, text: String) {
    ("\(name).json", "{\"endpoint\": \"GET /\(name)\", \"calls\": {\n\"user\": \(call)}}")
}

/// A fragment with a call, as most tests use it.
let userFragment: (path: String, text: String) = (
    "_shared/user.json",
    #"{"$schema": "x", "calls": {"user": {"backend": "users", "path": "/u", "timeout": "2s", "query": {"q": "1"}}}}"#
)
