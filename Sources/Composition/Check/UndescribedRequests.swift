import Diagnostics
import OpenAPI

extension EndpointCheck {
    /// Calls to paths that the backend's document lacks, or lacks with that method.
    func undescribedRequests() -> [Diagnostic] {
        plan.calls.compactMap { call in
            guard let document = descriptions.document(of: call), document.operations(for: call).isEmpty else {
                return nil
            }
            let path = call.places.value("path") ?? call.namePlace
            let others = document.mostLike(call.path, among: document.operations)
            guard !others.isEmpty else {
                return warning(
                    "'\(document.file.path)' has no path like this one of the backend '\(call.backend)'",
                    at: path,
                    help: document.nearestPath(to: call).map { "did you mean '\($0)'?" }
                        ?? suggestion(for: "", among: Array(Set(document.operations.map(\.path))).sorted())
                )
            }
            return warning(
                "'\(document.file.path)' has '\(others[0].path)', but not with \(call.method)",
                at: call.places.value("method") ?? path,
                help: "it has " + others.map(\.method).sorted().joined(separator: ", ")
            )
        }
    }
}

extension BackendDocument {
    /// A path that the call's was most likely meant to be, whatever the parameters' names.
    fileprivate func nearestPath(to call: Call) -> String? {
        func nameless(_ segments: [String?]) -> String { segments.map { "/" + ($0 ?? "{}") }.joined() }
        let wanted = nameless(call.path.segments.map(\.template.constant))
        let paths = operations.map { (nameless: nameless($0.segments), path: $0.path) }
        guard let nearest = nearestName(to: wanted, in: paths.map(\.nameless)) else { return nil }
        return paths.first { $0.nameless == nearest }?.path
    }
}
