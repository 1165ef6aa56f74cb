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
    /// - Parameters:
    ///   - fragments: what the files may reference; one that nothing uses is a warning.
    ///   - backends: the names of the backends; nil when they are not known, and then not checked.
    public static func compile(
        _ files: [SourceFile],
        fragments: Fragments = Fragments(),
        backends: [String]?,
        diagnostics: DiagnosticList
    ) -> CompositionSet {
        let resolver = ReferenceResolver(fragments: fragments, diagnostics: diagnostics)
        var plans: [Plan] = []
        var owners: [EndpointShape: Plan] = [:]
        var allExpanded = true
        for file in files {
            guard let expanded = ReferenceExpansion.expand(file, resolver: resolver, diagnostics: diagnostics) else {
                allExpanded = false
                continue
            }
            let reader = CompositionReader(file: expanded, diagnostics: diagnostics, backends: backends)
            guard let plan = reader.read() else { continue }
            if let owner = owners[plan.pattern.shape] {
                diagnostics.error(
                    owner.pattern == plan.pattern
                        ? "the endpoint '\(plan.pattern)' is taken"
                        : "no request could tell '\(plan.pattern)' from '\(owner.pattern)'",
                    in: plan.place.file,
                    at: plan.place.range,
                    help: "the other stands at \(owner.place.start)"
                )
                continue
            }
            owners[plan.pattern.shape] = plan
            plans.append(plan)
        }
        // What a file that cannot be read would use is not known.
        resolver.reportFragments(isComplete: allExpanded)
        return CompositionSet(plans: plans)
    }
}

/// What decides which requests a pattern answers: two endpoints of one shape answer the same.
private struct EndpointShape: Hashable {
    var method: String
    /// Literals as the bytes that they are matched by; nil for a parameter, whatever its name.
    var segments: [[UInt8]?]
}

extension EndpointPattern {
    fileprivate var shape: EndpointShape {
        EndpointShape(method: method, segments: segments.map { $0.decodedLiteral.map { Array($0.utf8) } })
    }
}
