import Diagnostics
import JSONSlices

/// Compiles a file with `proxy` in the place of `calls`.
struct ProxyReader {
    static let keys = ["$schema", "endpoint", "match", "summary", "access", "limits", "proxy", "response"]
    static let proxyKeys =
        SplitReader.keys + ["mirror", "path", "timeout", "stall", "maxRequestBody", "forwarded"]
        + ProxyChangesReader.keys
    static let responseKeys = ["cache"]

    let file: SourceFile
    let diagnostics: DiagnosticList
    let backends: [String]?

    /// Whether a file is one for this reader.
    static func isProxy(_ root: JSONSlice) -> Bool {
        guard root.kind == .object else { return false }
        return root.members.contains { $0.key.string == "proxy" }
    }

    func read(_ root: JSONSlice) -> ProxyPlan? {
        let errorsBefore = diagnostics.errorCount
        let others = CompositionReader.keys.filter { !Self.keys.contains($0) }
        for key in others {
            guard let member = root.members.first(where: { $0.key.string == key }) else { continue }
            diagnostics.error(
                "'\(key)' has no place beside 'proxy', which passes requests on as they are",
                in: file,
                at: member.key,
                help: Self.proxyKeys.contains(key) ? "say it in 'proxy'" : "take one of the two away"
            )
        }
        guard
            let reader = ObjectReader(
                root,
                in: file,
                role: "a composition",
                known: Self.keys + others,
                diagnostics: diagnostics
            )
        else { return nil }
        _ = reader.string("$schema")
        let summary = reader.string("summary")
        let pattern = pattern(reader)
        let match = MatchReader(file: file, diagnostics: diagnostics).read(reader)
        let access = AccessReader(file: file, diagnostics: diagnostics).read(reader)
        let limits = LimitReader(file: file, diagnostics: diagnostics).read(reader)
        let context = CompilationContext(
            file: file,
            diagnostics: diagnostics,
            backends: backends,
            names: NameTable(
                parameters: pattern?.parameterNames ?? [],
                calls: [],
                hasBody: false,
                bodyRefusal: "the body of a request that is passed on is not read: 'requestBody' makes it anew"
            )
        )
        let cache = reader.nested("response", known: Self.responseKeys).flatMap {
            CacheReader(context: context).read($0)
        }
        if let cache, !cache.query.isEmpty {
            diagnostics.error(
                "the whole query is part of a proxy's key as it is",
                in: file,
                at: cache.place.range,
                help: "take 'query' out of 'vary'"
            )
        }
        guard let proxy = reader.nested("proxy", known: Self.proxyKeys) else { return nil }
        let timeout = proxy.duration("timeout", in: .milliseconds(1)...(.seconds(3600)))
        let stall = proxy.duration("stall", in: .milliseconds(100)...(.seconds(3600)))
        let maxRequestBody = proxy.size("maxRequestBody", in: 1...(1 << 50))
        let forwarded = forwarded(proxy)
        let path = path(proxy, pattern)
        let changes = ProxyChangesReader(context: context).read(proxy)
        refuseStreaming(proxy, with: cache, changes)
        refuseBody(pattern, changes, proxy)
        let asked = SplitReader(context: context).read(proxy)
        let mirror = MirrorReader(context: context).read(
            proxy,
            besides: asked.map { $0.split?.sides.map(\.backend) ?? [$0.backend] } ?? []
        )
        guard context.knowsCallers(access, reader), let asked, let pattern, diagnostics.errorCount == errorsBefore
        else { return nil }
        let endpoint = reader["endpoint"] ?? reader.object
        return ProxyPlan(
            pattern: pattern,
            match: match,
            summary: summary,
            access: access,
            limits: limits,
            backend: asked.backend,
            split: asked.split,
            mirror: mirror,
            path: path,
            timeout: timeout,
            cache: cache,
            stall: stall ?? .seconds(60),
            maxRequestBody: maxRequestBody,
            forwarded: forwarded,
            changes: changes,
            slotSources: context.names.sources,
            place: .init(file: file, range: endpoint.byteRange)
        )
    }

    private func pattern(_ reader: ObjectReader) -> EndpointPattern? {
        guard let text = reader.requiredString("endpoint"), let slice = reader["endpoint"] else { return nil }
        do throws(EndpointPattern.Failure) {
            return try EndpointPattern(parsing: text, isProxy: true)
        } catch {
            let start = file.offset(ofDecoded: error.range.lowerBound, in: slice)
            let end = file.offset(ofDecoded: error.range.upperBound, in: slice)
            diagnostics.error(error.message, in: file, at: start..<max(start, end), help: error.help)
            return nil
        }
    }

    private func forwarded(_ reader: ObjectReader) -> ForwardedPolicy {
        guard let text = reader.string("forwarded"), let slice = reader["forwarded"] else { return .xForwarded }
        if let policy = ForwardedPolicy(rawValue: text) { return policy }
        let known = ForwardedPolicy.allCases.map(\.rawValue)
        diagnostics.error(
            "'\(text)' is no way to tell a backend of the client",
            in: file,
            at: slice,
            help: suggestion(for: text, among: known) ?? "one of \(known.joined(separator: ", "))"
        )
        return .xForwarded
    }

    /// What is kept or read is held whole, within the gateway's and the backend's limits.
    private func refuseStreaming(_ reader: ObjectReader, with cache: CacheRule?, _ changes: ProxyChanges) {
        let holder = cache != nil ? "cache" : changes.requestBody != nil ? "requestBody" : "responseBody"
        guard cache != nil || changes.readsBodies else { return }
        for key in ["stall", "maxRequestBody"] {
            guard let slice = reader[key] else { continue }
            diagnostics.error(
                "'\(key)' is about bodies that are streamed, and with '\(holder)' they are held whole",
                in: file,
                at: slice,
                help: "take one of the two away"
            )
        }
    }

    private func refuseBody(_ pattern: EndpointPattern?, _ changes: ProxyChanges, _ reader: ObjectReader) {
        guard changes.requestBody != nil, pattern?.method == "GET", let slice = reader["requestBody"] else { return }
        diagnostics.error("a GET has no body", in: file, at: slice, help: "take 'requestBody' away")
    }

    /// Text and whole parameters: what a client wrote is sent as it was written.
    private func path(_ reader: ObjectReader, _ pattern: EndpointPattern?) -> [ProxyPlan.PathPart]? {
        guard let text = reader.string("path"), let slice = reader["path"] else { return nil }
        func refuse(_ message: String, help: String?) -> [ProxyPlan.PathPart]? {
            diagnostics.error(message, in: file, at: slice, help: help)
            return nil
        }
        guard text.hasPrefix("/") else { return refuse("a path begins with '/'", help: "\"/\(text)\"") }
        var parts: [ProxyPlan.PathPart] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else {
                return refuse("'{' is not closed", help: "close it with '}'")
            }
            let name = String(rest[rest.index(after: open)..<close])
            let known = pattern?.parameterNames ?? []
            guard let index = known.firstIndex(of: name) else {
                return refuse(
                    "the endpoint has no parameter '\(name)'",
                    help: suggestion(for: name, among: known)
                )
            }
            parts.append(.parameter(index))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        for case .text(let piece) in parts {
            let isPath = piece.utf8.allSatisfy { PathText.isPathByte($0) || $0 == UInt8(ascii: "/") }
            guard isPath, PathText.hasWholeEscapes(piece.utf8) else {
                return refuse(
                    "a path holds letters, digits and -._~!$&'()*+,;=:@, the rest percent-encoded",
                    help: "the client's query is passed on by itself"
                )
            }
        }
        return parts
    }
}
