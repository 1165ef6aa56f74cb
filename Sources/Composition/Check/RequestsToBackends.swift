extension CompositionSet {
    /// Whether an endpoint could send such a request, as far as methods and paths tell.
    ///
    /// - Parameter segments: what follows each slash of the path, decoded; nil where anything may stand.
    public func mayAsk(_ backend: String, method: String, segments: [String?]) -> Bool {
        plans.contains { plan in
            plan.calls.contains { $0.backends.contains(backend) && $0.method == method && $0.path.couldBe(segments) }
        } || proxies.contains { $0.backends.contains(backend) && $0.maySend(method: method, segments: segments) }
    }
}

extension ProxyPlan {
    fileprivate func maySend(method: String, segments: [String?]) -> Bool {
        // A GET endpoint passes on the HEAD as well.
        let isMethod =
            pattern.method == "ANY" || pattern.method == method || (pattern.method == "GET" && method == "HEAD")
        return isMethod && (path.map { Self.couldBe($0, segments) } ?? pattern.couldBe(segments))
    }

    /// What stands behind the first parameter may be anything: a parameter can be the rest of a path.
    private static func couldBe(_ parts: [PathPart], _ segments: [String?]) -> Bool {
        guard case .text(let text)? = parts.first else { return true }
        var wanted = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        if parts.count > 1 { _ = wanted.popLast() }
        guard parts.count > 1 ? segments.count > wanted.count : segments.count == wanted.count else { return false }
        return zip(wanted, segments).allSatisfy { wanted, segment in
            segment == nil || segment == PercentDecoding.decode(wanted.utf8, plusIsSpace: false)
        }
    }
}

extension EndpointPattern {
    /// Whether some values of the parameters make this path of the pattern.
    fileprivate func couldBe(_ wanted: [String?]) -> Bool {
        // The root's one segment is empty; its pattern has none.
        var wanted = wanted == [""] ? [] : wanted[...]
        for segment in segments {
            if case .rest = segment { return true }
            guard let text = wanted.popFirst() else { return false }
            guard let text, let literal = segment.decodedLiteral else { continue }
            if literal != text { return false }
        }
        return wanted.isEmpty
    }
}
