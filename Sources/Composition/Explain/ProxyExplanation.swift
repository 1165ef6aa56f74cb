import Diagnostics
public import JSONSlices
import ResponseCache

/// What an endpoint does that passes requests on, in the forms of ``Explanation``.
public struct ProxyExplanation: Sendable {
    let plan: ProxyPlan
    let timeout: Duration

    /// - Parameter backendTimeouts: of backends, for a proxy that sets none of its own.
    public init(_ plan: ProxyPlan, backendTimeouts: [String: Duration] = [:]) {
        self.plan = plan
        timeout =
            plan.timeout ?? Explanation.timeout(of: plan.sides, backendTimeouts) ?? CompositionReader.defaultTimeout
    }

    /// The plan for a person.
    public var text: String {
        var lines = [plan.name]
        if let summary = plan.summary { lines.append("  " + summary) }
        if let access = plan.access { lines.append("  for " + access.sketch) }
        if !plan.limits.isEmpty { lines.append("  within " + plan.limits.map(\.sketch).joined(separator: ", ")) }
        lines += [
            "  within \(timeout.spelled) · passed on to \(asked), \(path) · 1 request to a backend",
            "  when it fails: 504 after the timeout, else 502; the backend's own statuses pass as they come",
        ]
        if let mirror = plan.mirror { lines.append("  " + mirror.sketch) }
        lines += plan.changes.sketches.map { "  " + $0 }
        if let cache = plan.cache { lines.append("  the reply is \(cache.sketch)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// `v1 90 %, v2 10 %`, or the one backend.
    private var asked: String {
        guard let split = plan.split else { return plan.backend }
        return split.sketch + (split.sticky.map { " by \($0.source)" } ?? "")
    }

    /// The path that is asked for: the request's own, or the one of the file.
    private var path: String {
        guard let path = plan.path else { return "the same path" }
        let names = plan.pattern.parameterNames
        return path.map { part in
            switch part {
            case .text(let text): text
            case .parameter(let index): "{\(names[index])}"
            }
        }.joined()
    }

    /// `{"endpoint", "file", "summary", "access", "limits", "timeout", "proxy": {"backend", "split", "mirror", "changes", "path"}, "cache",
    /// "worstCaseRequests"}`; `path` is null for the request's own, `split`, `mirror`, `changes`, `access` and `limits` are there only where the
    /// endpoint says them.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("endpoint", plan.name)
            writer.member("file", plan.place.file.path)
            writer.member("summary", plan.summary)
            if let access = plan.access {
                writer.key("access")
                access.write(to: &writer)
            }
            if !plan.limits.isEmpty {
                writer.key("limits")
                writer.array(plan.limits) { writer, limit in limit.write(to: &writer) }
            }
            writer.member("timeout", timeout.spelled)
            writer.key("proxy")
            writer.object { writer in
                writer.member("backend", plan.backend)
                if let split = plan.split {
                    writer.key("split")
                    split.write(to: &writer)
                }
                if let mirror = plan.mirror {
                    writer.key("mirror")
                    writer.object { writer in
                        writer.member("backend", mirror.backend)
                        writer.key("percent")
                        writer.write(JSONNumber(text: mirror.share).map { .number($0) } ?? .null)
                    }
                }
                if !plan.changes.sketches.isEmpty {
                    writer.key("changes")
                    writer.array(of: plan.changes.sketches)
                }
                writer.member("path", plan.path == nil ? nil : path)
            }
            writer.member("cache", plan.cache?.sketch)
            writer.member("worstCaseRequests", 1)
        }
    }

    public var mermaid: String {
        """
        flowchart LR
          request(["\(Explanation.escaped(plan.name))"])
          backend["\(Explanation.escaped("\(asked): \(path)"))"]
          reply(["reply"])
          request --> backend
          backend --> reply

        """
    }
}

extension CacheRule {
    /// The rule in a few words: `kept as the backend says`, `kept for 1m, then stale for 5m while it is fetched anew`.
    var sketch: String {
        let spelled = { (milliseconds: Int64) in Duration.milliseconds(milliseconds).spelled }
        var text = "kept as the backend says"
        if let maxAge = policy.maxAge {
            text =
                policy.overridesOrigin
                ? "kept for \(spelled(maxAge)) whatever the backend says"
                : "kept for \(spelled(maxAge)) where the backend does not say"
        }
        if let time = policy.staleWhileRevalidate { text += ", then \(spelled(time)) more while it is fetched anew" }
        if let time = policy.staleIfError { text += ", and \(spelled(time)) more when that fails" }
        if let time = policy.negative { text += "; a 404 for \(spelled(time))" }
        let varying = headers + query.map { "?" + $0 }
        if !varying.isEmpty { text += "; one for each \(varying.joined(separator: ", "))" }
        return text
    }
}
