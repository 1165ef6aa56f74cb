import CurlTransport
public import Diagnostics
import JSONSlices

/// The checked endpoints of a directory.
public struct CompositionSet: Sendable {
    /// Whatever answers requests of one pattern.
    public enum Endpoint: Sendable {
        case composition(Plan)
        case proxy(ProxyPlan)

        public var pattern: EndpointPattern {
            switch self {
            case .composition(let plan): plan.pattern
            case .proxy(let plan): plan.pattern
            }
        }

        public var access: AccessRule? {
            switch self {
            case .composition(let plan): plan.access
            case .proxy(let plan): plan.access
            }
        }

        public var limits: [LimitUse] {
            switch self {
            case .composition(let plan): plan.limits
            case .proxy(let plan): plan.limits
            }
        }

        /// The most requests to backends that one request of a client can cause.
        public var worstCaseRequests: Int {
            switch self {
            case .composition(let plan): plan.worstCaseRequests.total
            case .proxy: 1
            }
        }

        public var place: Diagnostic.Place {
            switch self {
            case .composition(let plan): plan.place
            case .proxy(let plan): plan.place
            }
        }
    }

    public let plans: [Plan]
    public let proxies: [ProxyPlan]

    /// All of them, those that are composed first.
    public var endpoints: [Endpoint] { plans.map(Endpoint.composition) + proxies.map(Endpoint.proxy) }

    public init(plans: [Plan], proxies: [ProxyPlan] = []) {
        self.plans = plans
        self.proxies = proxies
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
        var proxies: [ProxyPlan] = []
        var owners: [EndpointShape: (pattern: EndpointPattern, place: Diagnostic.Place)] = [:]
        /// Whether no other endpoint answers the same requests.
        func owns(_ pattern: EndpointPattern, at place: Diagnostic.Place) -> Bool {
            if let owner = owners[pattern.shape] {
                diagnostics.error(
                    owner.pattern == pattern
                        ? "the endpoint '\(pattern)' is taken"
                        : "no request could tell '\(pattern)' from '\(owner.pattern)'",
                    in: place.file,
                    at: place.range,
                    help: "the other stands at \(owner.place.start)"
                )
                return false
            }
            owners[pattern.shape] = (pattern, place)
            return true
        }
        var allExpanded = true
        for file in files {
            guard let expanded = ReferenceExpansion.expand(file, resolver: resolver, diagnostics: diagnostics) else {
                allExpanded = false
                continue
            }
            guard let root = diagnostics.parse(expanded)?.root else { continue }
            if ProxyReader.isProxy(root) {
                let reader = ProxyReader(file: expanded, diagnostics: diagnostics, backends: backends)
                if let proxy = reader.read(root), owns(proxy.pattern, at: proxy.place) { proxies.append(proxy) }
                continue
            }
            let reader = CompositionReader(file: expanded, diagnostics: diagnostics, backends: backends)
            if let plan = reader.read(root), owns(plan.pattern, at: plan.place) { plans.append(plan) }
        }
        // What a file that cannot be read would use is not known.
        resolver.reportFragments(isComplete: allExpanded)
        return CompositionSet(plans: plans, proxies: proxies)
    }
}

/// What decides which requests a pattern answers: two endpoints of one shape answer the same.
private struct EndpointShape: Hashable {
    var method: String
    /// Literals as the bytes that they are matched by; nil for a parameter, whatever its name.
    var segments: [[UInt8]?]
    var hasRest: Bool
}

extension EndpointPattern {
    fileprivate var shape: EndpointShape {
        var hasRest = false
        if case .rest? = segments.last { hasRest = true }
        return EndpointShape(
            method: method,
            segments: segments.map { $0.decodedLiteral.map { Array($0.utf8) } },
            hasRest: hasRest
        )
    }
}

// MARK: - What is new

extension CompositionSet {
    /// What one set has that another has not, by the endpoints' names, sorted.
    public struct Changes: Hashable, Sendable {
        public var added: [String] = []
        public var changed: [String] = []
        public var removed: [String] = []
    }

    /// What has changed since `old`: an endpoint whose file, its fragments included, has other bytes.
    public func changes(since old: CompositionSet) -> Changes {
        func files(_ set: CompositionSet) -> [String: [UInt8]] {
            Dictionary(
                set.endpoints.map { ($0.pattern.description, $0.place.file.bytes) },
                uniquingKeysWith: { first, _ in first }
            )
        }
        let (before, now) = (files(old), files(self))
        return Changes(
            added: now.keys.filter { before[$0] == nil }.sorted(),
            changed: now.compactMap { name, bytes in before[name].map { $0 != bytes } == true ? name : nil }.sorted(),
            removed: before.keys.filter { now[$0] == nil }.sorted()
        )
    }
}

extension CompositionSet.Endpoint {
    /// Whether one request can be answered by what another one has left: calls or replies are cached.
    public var keepsAnswers: Bool {
        switch self {
        case .composition(let plan): plan.isCached || plan.cachesReplies
        case .proxy(let plan): plan.cache != nil
        }
    }

    /// Whether a call sets this field of its request, the name in any case.
    public func setsHeader(_ name: String) -> Bool {
        guard case .composition(let plan) = self else { return false }
        return plan.calls.contains { $0.headers.contains { HeaderValidation.equal($0.name, name) } }
    }
}
