import Diagnostics
import JMESPath
import JSONSlices
import ResponseCache

/// Reads one entry of `calls`.
struct CallReader {
    static let keys = [
        "backend", "split", "sticky", "method", "path", "query", "headers", "body", "forEach", "maxConcurrency",
        "maxItems", "batch", "when", "otherwise", "success", "select", "omit", "timeout", "fallback", "cache",
        "propagate", "summary",
    ]

    static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

    let context: CompilationContext

    func read(_ member: (name: String, key: JSONSlice, value: JSONSlice)) -> Call? {
        guard checkName(member.name, at: member.key),
            let reader = ObjectReader(
                member.value,
                in: context.file,
                role: "the call '\(member.name)'",
                known: Self.keys,
                diagnostics: context.diagnostics
            )
        else { return nil }
        let errorsBefore = context.diagnostics.errorCount
        _ = reader.string("summary")
        let forEach = forEach(reader)
        context.names.hasItem = reader["forEach"] != nil
        defer { context.names.hasItem = false }
        let method = method(reader)
        let path = path(reader)
        let query = query(reader)
        let headers = headers(reader)
        let body = body(reader, method: method, call: member.name)
        let when = context.expression("when", of: reader, root: .scope)
        let otherwise = otherwise(reader, call: member.name)
        let success = success(reader)
        let select = context.expression("select", of: reader, root: .document)
        let omit = omit(reader)
        let timeout = reader.duration("timeout", in: .milliseconds(1)...(.seconds(3600)))
        let propagate = statuses("propagate", reader, in: 400...599)
        if reader["fallback"] != nil, let slice = reader["propagate"] {
            context.warning(
                "'propagate' is about the reply's failure, and a call with a fallback does not fail it",
                at: slice,
                help: "leave out one of the two"
            )
        }
        let fallback = reader["fallback"].flatMap { context.jsonTemplate($0, path: "calls.\(member.name).fallback") }
        let cache = cache(reader, method: method)
        guard let asked = SplitReader(context: context).read(reader), let path,
            context.diagnostics.errorCount == errorsBefore
        else {
            return nil
        }
        // What is read for the request and the value must be there before the call starts.
        var needed = path.slots + query.slots + headers.flatMap(\.value.slots) + (body?.slots ?? [])
        needed += otherwise?.slots ?? []
        needed += asked.split?.slots ?? []
        needed += cache?.tags.flatMap(\.slots) ?? []
        for expression in [
            forEach?.list, forEach?.batch?.id, forEach?.batch?.key, forEach?.batch?.join, when, success.rule, select,
        ] {
            needed += expression?.expression.slots ?? []
        }
        return Call(
            name: member.name,
            backend: asked.backend,
            split: asked.split,
            method: method,
            path: path,
            query: query,
            headers: headers,
            body: body,
            forEach: forEach,
            when: when,
            otherwise: otherwise,
            success: success,
            select: select,
            omit: omit,
            timeout: timeout,
            fallback: fallback,
            cache: cache,
            propagate: propagate.map(Set.init),
            needs: calls(in: needed),
            fallbackNeeds: calls(in: fallback?.slots ?? [], except: context.names.index(ofCall: member.name)),
            fallbackReadsItem: (fallback?.slots ?? []).contains { context.names.sources[$0] == .item },
            errorsRead: errors(in: needed),
            forwardsAuthorization: forwardsAuthorization(headers),
            namePlace: .init(file: context.file, range: member.key.byteRange),
            places: ObjectPlaces(reader)
        )
    }

    private func forwardsAuthorization(_ headers: [HeaderTemplate]) -> Bool {
        headers.contains { header in
            header.name.lowercased() == "authorization"
                && header.value.slots.contains { context.names.isAuthorization($0) }
        }
    }

    /// What is asked for may be kept; what is done may not, unless the operator says for how long its answer holds.
    private func cache(_ reader: ObjectReader, method: String) -> CacheRule? {
        guard let slice = reader["cache"],
            let rule = CacheReader(context: context).read(reader)
        else { return nil }
        if method != "GET", method != "POST" {
            context.error("the answer to a \(method) is not cached", at: slice, help: "take 'cache' away")
        } else if method == "POST", rule.policy.maxAge == nil {
            context.error(
                "the answer to a POST is cached only by your word that it changes nothing",
                at: slice,
                help: "say for how long, such as \"60s\""
            )
        }
        return rule
    }

    private func calls(in slots: [Int]) -> [Int] {
        Set(slots.compactMap { context.names.sources[$0].call }).sorted()
    }

    /// The calls that a fallback reads. How its own call has failed is known by then.
    private func calls(in slots: [Int], except own: Int?) -> [Int] {
        calls(
            in: slots.filter { slot in
                let source = context.names.sources[slot]
                if case .call = source { return true }
                return source.call != own
            }
        )
    }

    private func otherwise(_ reader: ObjectReader, call: String) -> JSONTemplate? {
        guard let slice = reader["otherwise"] else { return nil }
        if reader["when"] == nil {
            context.error("'otherwise' is the value where 'when' says no", at: slice, help: "say when in \"when\"")
        }
        return context.jsonTemplate(slice, path: "calls.\(call).otherwise")
    }

    private func errors(in slots: [Int]) -> [Int] {
        let calls = slots.compactMap { slot -> Int? in
            if case .callError(let call) = context.names.sources[slot] { call } else { nil }
        }
        return Set(calls).sorted()
    }

    private func checkName(_ name: String, at key: JSONSlice) -> Bool {
        guard Names.isName(name), !Names.reserved.contains(name) else {
            context.error(
                Names.reserved.contains(name) ? "'\(name)' is a reserved name" : "'\(name)' is no name of a call",
                at: key,
                help: "letters, digits and _; not request, calls or item"
            )
            return false
        }
        return true
    }

    private func success(_ reader: ObjectReader) -> SuccessRule {
        guard reader["success"]?.kind == .string else {
            return statuses("success", reader, in: 100...599, or: ", or an expression").map { .statuses($0) }
                ?? .successful
        }
        guard let expression = context.expression("success", of: reader, root: .document) else { return .successful }
        let known = ["status", "headers", "body"]
        if let place = reader["success"],
            let member = expression.expression.rootMembers?.first(where: { !known.contains($0) })
        {
            context.error(
                "'success' looks at the whole answer, which has no '\(member)' but status, headers and body",
                at: place,
                help: nearestName(to: member, in: known).map { "did you mean '\($0)'?" } ?? "write body.\(member)"
            )
        }
        return .expression(expression, reads: .init(of: expression.expression))
    }

    private func omit(_ reader: ObjectReader) -> OmitPaths? {
        guard let slice = reader["omit"] else { return nil }
        guard slice.kind == .array else { return reader.mismatch("omit", slice, wanted: "a list of paths") }
        let paths = slice.elements.compactMap { element -> [OmitPaths.Step]? in
            guard let text = element.string else {
                return reader.mismatch("omit", element, wanted: "a list of strings")
            }
            do throws(OmitPaths.Failure) {
                return try OmitPaths.parse(text)
            } catch {
                context.error(error.message, at: error.range, inside: element, help: error.help)
                return nil
            }
        }
        return paths.isEmpty ? nil : OmitPaths(paths: paths)
    }

    private func statuses(
        _ key: String,
        _ reader: ObjectReader,
        in range: ClosedRange<Int>,
        or alternative: String = ""
    ) -> [Int]? {
        guard let slice = reader[key] else { return nil }
        let statuses = slice.elements.compactMap { $0.numberText.flatMap { Int($0) } }
        guard slice.kind == .array, statuses.count == slice.count, !statuses.isEmpty,
            statuses.allSatisfy(range.contains)
        else {
            return reader.mismatch(
                key,
                slice,
                wanted: "a list of statuses from \(range.lowerBound) to \(range.upperBound), such as "
                    + (range.lowerBound < 400 ? "[200, 404]" : "[404, 409]") + alternative
            )
        }
        return statuses
    }
}

extension CompilationContext {
    /// The expression that a key holds; nil where there is none, or where it was refused.
    func expression(_ key: String, of reader: ObjectReader, root: ExpressionRoot) -> PlacedExpression? {
        guard let source = reader.string(key), let slice = reader[key] else { return nil }
        return expression(source, root: root, inside: slice)
    }
}
