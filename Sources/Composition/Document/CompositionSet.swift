public import Diagnostics

/// The checked endpoints of a directory.
public struct CompositionSet: Sendable {
    public let plans: [Plan]

    public init(plans: [Plan]) {
        self.plans = plans
    }

    /// Compiles files, each the text of one endpoint. Whatever is wrong with any of them is reported; the plans of the
    /// others are there all the same.
    ///
    /// - Parameter backends: the names of the backends; nil when they are not known, and then not checked.
    public static func compile(
        _ files: [SourceFile],
        backends: [String]?,
        diagnostics: DiagnosticList
    ) -> CompositionSet {
        var plans: [Plan] = []
        var owners: [String: Plan] = [:]
        for file in files {
            guard let plan = CompositionReader(file: file, diagnostics: diagnostics, backends: backends).read() else {
                continue
            }
            if let owner = owners[plan.pattern.shape] {
                let position = owner.place.file.position(of: owner.place.range.lowerBound)
                diagnostics.error(
                    owner.pattern == plan.pattern
                        ? "the endpoint '\(plan.pattern)' is taken"
                        : "no request could tell '\(plan.pattern)' from '\(owner.pattern)'",
                    in: plan.place.file,
                    at: plan.place.range,
                    help: "the other stands at \(owner.place.file.path):\(position.line):\(position.column)"
                )
                continue
            }
            owners[plan.pattern.shape] = plan
            plans.append(plan)
        }
        return CompositionSet(plans: plans)
    }
}

extension EndpointPattern {
    /// The pattern without the names of its parameters: two endpoints of one shape answer the same requests.
    fileprivate var shape: String {
        method + " "
            + segments.map { segment in
                "/" + (segment.decodedLiteral ?? "{}")
            }.joined()
    }
}
