import Diagnostics
import JMESPath
import JSONSlices

/// Compiles one composition file into a plan, or reports everything that is wrong with it.
struct CompositionReader {
    static let keys = [
        "$schema", "endpoint", "match", "summary", "access", "limits", "parameters", "requestBody", "timeout",
        "serverTiming",
        "calls",
        "proxy",
        "response",
    ]
    static let defaultTimeout: Duration = .seconds(10)
    /// Calls in one file. An endpoint with more of them is generated, or a mistake.
    static let maximumCalls = 256

    let file: SourceFile
    let diagnostics: DiagnosticList
    /// The names of the backends, when they are known.
    let backends: [String]?

    func read(_ root: JSONSlice) -> Plan? {
        let errorsBefore = diagnostics.errorCount
        guard
            let reader = ObjectReader(
                root,
                in: file,
                role: "a composition",
                known: Self.keys,
                diagnostics: diagnostics
            )
        else { return nil }
        _ = reader.string("$schema")
        let pattern = pattern(reader)
        let match = MatchReader(file: file, diagnostics: diagnostics).read(reader)
        let access = AccessReader(file: file, diagnostics: diagnostics).read(reader)
        let limits = LimitReader(file: file, diagnostics: diagnostics).read(reader)
        let parameterReader = ParameterReader(file: file, diagnostics: diagnostics, pattern: pattern)
        let parameters = parameterReader.read(reader.map("parameters"))
        let requestBody = requestBody(reader, pattern)
        let timeout = reader.duration("timeout", in: .milliseconds(1)...(.seconds(3600)))
        let serverTiming = reader.bool("serverTiming")
        let members = reader.map("calls")?.members ?? []
        if reader["calls"] == nil { reader.missing("calls") }
        if members.count > Self.maximumCalls {
            diagnostics.error("more than \(Self.maximumCalls) calls", in: file, at: root)
            return nil
        }
        reportSharedNames(parameters: parameters, calls: members)

        let context = CompilationContext(
            file: file,
            diagnostics: diagnostics,
            backends: backends,
            // Declarations that were refused are names all the same: one mistake, one error.
            names: NameTable(
                parameters: parameters.map(\.name) + (reader["parameters"]?.members.compactMap(\.key.string) ?? []),
                authorizations: Set(parameters.indices.filter { parameters[$0].isAuthorization }),
                calls: members.map(\.name),
                hasBody: pattern.method != "GET"
            )
        )
        let callReader = CallReader(context: context)
        let calls = members.map { callReader.read($0) }
        // An endpoint without calls has had its error; what a reply needs of them would be a second.
        let response =
            reader["calls"] == nil ? nil : ResponseReader(context: context).read(reader, calls: members.map(\.name))
        guard diagnostics.errorCount == errorsBefore, let response else { return nil }
        return plan(
            pattern,
            reader,
            match: match,
            access: access,
            limits: limits,
            parameters: parameters,
            requestBody: requestBody,
            timeout: timeout ?? Self.defaultTimeout,
            serverTiming: serverTiming ?? false,
            calls: calls.compactMap(\.self),
            keys: members.map(\.key),
            response: response,
            context: context
        )
    }

    private func plan(
        _ pattern: EndpointPattern,
        _ reader: ObjectReader,
        match: RequestMatch?,
        access: AccessRule?,
        limits: [LimitUse],
        parameters: [Parameter],
        requestBody: ValueSchema?,
        timeout: Duration,
        serverTiming: Bool,
        calls: [Call],
        keys: [JSONSlice],
        response: ResponseTemplate,
        context: CompilationContext
    ) -> Plan? {
        let graph = DependencyGraph(needs: calls.map(\.needs), fallbackNeeds: calls.map(\.fallbackNeeds))
        if let cycle = graph.cycle(), let first = cycle.first {
            diagnostics.error(
                "these calls wait for each other: " + cycle.map { calls[$0].name }.joined(separator: " → "),
                in: file,
                at: keys[first],
                help: "a call that mentions another waits for it; take one mention away"
            )
            return nil
        }
        let read = Set(response.slots.compactMap { context.names.sources[$0].call })
        // An unsafe call that nothing mentions is wanted for what it does. One that only a fallback mentions is not.
        let mentioned = read.union(calls.flatMap { $0.needs + $0.fallbackNeeds })
        let effects = calls.indices.filter { calls[$0].isUnsafe && !mentioned.contains($0) }
        let initial = graph.closure(of: Array(read) + effects)
        let used = graph.closure(of: initial, includingFallbacks: true)
        for (index, call) in calls.enumerated() where !used.contains(index) {
            diagnostics.error(
                "nothing uses the call '\(call.name)'",
                in: file,
                at: keys[index],
                help: "mention it, for instance as {\(call.name)} in the response's body, or take it away"
            )
        }
        guard context.knowsCallers(access, reader), used.count == calls.count,
            mayCache(response, pattern, calls, context)
        else { return nil }
        let endpoint = reader["endpoint"] ?? reader.object
        return Plan(
            pattern: pattern,
            match: match,
            summary: reader.string("summary"),
            access: access,
            limits: limits,
            parameters: parameters,
            requestBody: requestBody,
            timeout: timeout,
            serverTiming: serverTiming,
            place: .init(file: file, range: endpoint.byteRange),
            places: ObjectPlaces(reader),
            parameterPlaces: reader.map("parameters").map(ObjectPlaces.init),
            calls: calls,
            response: response,
            slotSources: context.names.sources,
            initialCalls: initial
        )
    }

    /// Whether a reply can stand for later ones, where `response.cache` says so.
    private func mayCache(
        _ response: ResponseTemplate,
        _ pattern: EndpointPattern,
        _ calls: [Call],
        _ context: CompilationContext
    ) -> Bool {
        guard let rule = response.cache else { return true }
        func refuse(_ message: String, help: String) -> Bool {
            diagnostics.add(Diagnostic(.error, message, at: rule.place, help: help))
            return false
        }
        guard pattern.method == "GET" else {
            return refuse("the reply to a \(pattern.method) is not cached", help: "take 'cache' away")
        }
        for (source, name) in [(SlotSource.requestID, "request.id"), (.requestTime, "request.time")]
        where context.names.sources.contains(source) {
            return refuse(
                "a reply that reads \(name) is never asked for twice",
                help: "leave out one of the two, or cache the calls"
            )
        }
        if let call = calls.first(where: { $0.split != nil }) {
            return refuse(
                "a cached reply would give one side of the split of '\(call.name)' to everybody",
                help: "take 'cache' away, or cache the calls"
            )
        }
        if let call = calls.first(where: { $0.isUnsafe && $0.cache == nil }) {
            return refuse(
                "a cached reply would leave out what the \(call.method) of '\(call.name)' does",
                help: "take 'cache' away; or give the call a 'cache' with a duration, if it changes nothing"
            )
        }
        return true
    }

    /// The endpoint; where it is refused, as much of it as the rest of the file needs to be checked.
    private func pattern(_ reader: ObjectReader) -> EndpointPattern {
        guard let text = reader.requiredString("endpoint"), let slice = reader["endpoint"] else {
            return EndpointPattern(recovering: "")
        }
        do throws(EndpointPattern.Failure) {
            return try EndpointPattern(parsing: text)
        } catch {
            let start = file.offset(ofDecoded: error.range.lowerBound, in: slice)
            let end = file.offset(ofDecoded: error.range.upperBound, in: slice)
            diagnostics.error(error.message, in: file, at: start..<max(start, end), help: error.help)
            return EndpointPattern(recovering: text)
        }
    }

    private func requestBody(_ reader: ObjectReader, _ pattern: EndpointPattern) -> ValueSchema? {
        guard let slice = reader["requestBody"],
            let body = reader.nested("requestBody", known: ValueSchemaReader.bodyKeys)
        else { return nil }
        guard pattern.method != "GET" else {
            diagnostics.error("a GET has no body", in: file, at: slice, help: "take \"parameters\", or another method")
            return nil
        }
        return ValueSchemaReader(place: .body, file: file, diagnostics: diagnostics).read(body, path: "")
    }

    private func reportSharedNames(
        parameters: [Parameter],
        calls: [(name: String, key: JSONSlice, value: JSONSlice)]
    ) {
        let names = Set(parameters.map(\.name))
        for call in calls where names.contains(call.name) {
            diagnostics.error(
                "'\(call.name)' names a parameter and a call",
                in: file,
                at: call.key,
                help: "give the call another name"
            )
        }
    }
}
