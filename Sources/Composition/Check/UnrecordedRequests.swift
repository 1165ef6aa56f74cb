import Diagnostics

extension EndpointCheck {
    /// Calls that no recorded answer fits, where one is recorded at a path that is nearly the same: a slip of the pen. Where
    /// none is near, the answer may just not have been recorded yet.
    func unrecordedRequests() -> [Diagnostic] {
        guard let answers else { return [] }
        return plan.calls.compactMap { call in
            guard descriptions.document(of: call) == nil, let meant = answers.nearestPath(to: call) else { return nil }
            return warning(
                "no answer of \(call.backends.map { "'\($0)'" }.joined(separator: " or ")) is recorded at a path like this one",
                at: call.places.value("path") ?? call.namePlace,
                help: "did you mean '\(meant)'?"
            )
        }
    }
}

extension RecordedAnswers {
    /// The path that a call's was most likely meant to be; nil where an answer to it is recorded, or none is at a path that
    /// is nearly the same.
    fileprivate func nearestPath(to call: Call) -> String? {
        let wanted = call.path.segments.map(\.template.constant)
        var paths: [String] = []
        for answer in call.backends.flatMap(recorded) {
            if call.path.couldBe(answer.segments) { return nil }
            guard answer.method == call.method, answer.segments.count == wanted.count else { continue }
            // What the call fills in may be anything.
            paths.append(Self.path(zip(wanted, answer.segments).map { $0 == nil ? nil : $1 }))
        }
        return nearestName(to: Self.path(wanted), in: Array(Set(paths)).sorted())
    }

    private static func path(_ segments: [String?]) -> String { segments.map { "/" + ($0 ?? "{}") }.joined() }
}
