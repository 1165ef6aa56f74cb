import Diagnostics

/// Which endpoints of a directory answer which requests, to find those that answer the same.
struct RouteOwners {
    private struct Owner {
        let pattern: EndpointPattern
        let match: RequestMatch?
        let place: Diagnostic.Place

        var alternatives: [RequestMatch.Alternative] { match?.alternatives ?? [RequestMatch.anything] }
    }

    private var owners: [EndpointShape: [Owner]] = [:]

    /// Adds an endpoint. Where nothing would tell whether a request is for it or for one before, that is an error.
    ///
    /// - Returns: whether it could be added.
    mutating func add(_ endpoint: CompositionSet.Endpoint, _ diagnostics: DiagnosticList) -> Bool {
        let (pattern, place) = (endpoint.pattern, endpoint.place)
        let own = Owner(pattern: pattern, match: endpoint.match, place: place)
        for owner in owners[pattern.shape] ?? [] {
            let isAmbiguous = own.alternatives.contains { one in
                owner.alternatives.contains { one.isAmbiguous(with: $0) }
            }
            guard isAmbiguous else { continue }
            if own.match == nil {
                diagnostics.error(
                    owner.pattern == pattern
                        ? "the endpoint '\(pattern)' is taken"
                        : "no request could tell '\(pattern)' from '\(owner.pattern)'",
                    in: place.file,
                    at: place.range,
                    help: "the other stands at \(owner.place.start)"
                )
            } else {
                diagnostics.error(
                    "one request can be meant by '\(endpoint.name)' and by '\(name(of: owner))', and neither comes first",
                    in: place.file,
                    at: place.range,
                    help: "the other stands at \(owner.place.start); give one of them a host or one more condition, "
                        + "or both the same field with values that differ"
                )
            }
            return false
        }
        owners[pattern.shape, default: []].append(own)
        return true
    }

    private func name(of owner: Owner) -> String { owner.pattern.name(with: owner.match) }
}

extension EndpointPattern {
    /// `GET /home`, or `GET /home (host api.example.com)` of an endpoint that asks for more.
    func name(with match: RequestMatch?) -> String {
        match.map { "\(description) (\($0.sketch))" } ?? description
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
