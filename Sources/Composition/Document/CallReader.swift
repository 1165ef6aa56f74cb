import Diagnostics
import JMESPath
import JSONSlices

/// Reads one entry of `calls`.
struct CallReader {
    static let keys = [
        "backend", "method", "path", "query", "headers", "body", "select", "omit", "timeout", "fallback", "success",
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
        let method = method(reader)
        let path = path(reader)
        let query = query(reader)
        let headers = context.headers(reader) { name in
            HeaderRules.isTransports(name) ? "the header '\(name)' is the transport's to write" : nil
        }
        let body = reader["body"].flatMap { context.jsonTemplate($0, path: "calls.\(member.name).body") }
        if let slice = reader["body"], method == "GET" || method == "HEAD" {
            context.error("a \(method) has no body", at: slice, help: "say \"method\": \"POST\", or use \"query\"")
        }
        let select = reader.string("select").flatMap { source in
            reader["select"].flatMap { context.expression(source, root: .document, inside: $0) }
        }
        let omit = omit(reader)
        let timeout = reader.duration("timeout", in: .milliseconds(1)...(.seconds(3600)))
        let success = statuses("success", reader)
        let propagate = statuses("propagate", reader)
        // What is read for the request and the value must be there before the call starts.
        let needed =
            (path?.slots ?? []) + query.slots + headers.flatMap(\.value.slots) + (body?.slots ?? [])
            + (select?.expression.slots ?? [])
        let fallback = reader["fallback"].flatMap { context.jsonTemplate($0, path: "calls.\(member.name).fallback") }
        guard let backend = backend(reader), let path, context.diagnostics.errorCount == errorsBefore else {
            return nil
        }
        return Call(
            name: member.name,
            backend: backend,
            method: method,
            path: path,
            query: query,
            headers: headers,
            body: body,
            success: success.map { .listed($0) } ?? .successful,
            select: select,
            omit: omit,
            timeout: timeout,
            fallback: fallback,
            propagate: propagate.map(Set.init),
            needs: calls(in: needed),
            fallbackNeeds: calls(in: fallback?.slots ?? []),
            forwardsAuthorization: headers.contains { header in
                header.name.lowercased() == "authorization"
                    && header.value.slots.contains { context.names.sources[$0] == .requestHeader("authorization") }
            },
            namePlace: .init(file: context.file, range: member.key.byteRange),
            places: ObjectPlaces(reader)
        )
    }

    private func calls(in slots: [Int]) -> [Int] {
        Set(slots.compactMap { context.names.sources[$0].call }).sorted()
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

    private func backend(_ reader: ObjectReader) -> String? {
        guard let name = reader.requiredString("backend"), let slice = reader["backend"] else { return nil }
        if let known = context.backends, !known.contains(name) {
            context.error(
                "no backend is named '\(name)'",
                at: slice,
                help: suggestion(for: name, among: known.sorted())
            )
        }
        return name
    }

    private func method(_ reader: ObjectReader) -> String {
        guard let method = reader.string("method"), let slice = reader["method"] else { return "GET" }
        if !Self.methods.contains(method) {
            let methods = Self.methods.joined(separator: ", ")
            context.error("'\(method)' is no method of a call", at: slice, help: "one of \(methods), in capitals")
        }
        return method
    }

    private func path(_ reader: ObjectReader) -> PathTemplate? {
        guard let text = reader.requiredString("path"), let slice = reader["path"] else { return nil }
        guard text.hasPrefix("/") else {
            context.error(
                "a path begins with '/'; it is appended to the backend's own",
                at: slice,
                help: "\"/\(text)\""
            )
            return nil
        }
        guard let template = context.textTemplate(slice) else { return nil }
        let segments = PathTemplate.segments(of: template)
        for segment in segments {
            for case .text(let literal) in segment.template.parts {
                if let problem = PathTemplate.problem(inLiteral: literal) {
                    context.error(problem.message, at: slice, help: problem.help)
                    return nil
                }
            }
            if let constant = segment.template.constant, constant == "." || constant == ".." {
                context.error("a path cannot hold '\(constant)'", at: slice)
                return nil
            }
        }
        return PathTemplate(source: text, segments: segments)
    }

    private func query(_ reader: ObjectReader) -> QueryTemplate {
        guard let slice = reader["query"] else { return .none }
        if slice.kind == .string {
            guard let template = context.textTemplate(slice) else { return .none }
            guard let single = template.single else {
                context.error(
                    "a query is an object, or one {expression} that yields one",
                    at: slice,
                    help: "for instance \"{request.query}\""
                )
                return .none
            }
            return .object(single)
        }
        guard let fields = reader.map("query") else { return .none }
        return .fields(
            fields.members.compactMap { member in
                switch member.value.kind {
                case .string:
                    return context.textTemplate(member.value).map { (member.name, $0) }
                case .number, .true, .false:
                    let text = member.value.withUTF8 { String(decoding: $0, as: UTF8.self) }
                    return (member.name, TextTemplate(parts: [.text(text)]))
                case .null, .array, .object:
                    let found = member.value.kind.article
                    context.error("'\(member.name)' must be a template, not \(found)", at: member.value)
                    return nil
                }
            }
        )
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

    private func statuses(_ key: String, _ reader: ObjectReader) -> [Int]? {
        guard let slice = reader[key] else { return nil }
        let range = key == "propagate" ? 400...599 : 100...599
        let statuses = slice.elements.compactMap { $0.numberText.flatMap { Int($0) } }
        guard slice.kind == .array, statuses.count == slice.count, !statuses.isEmpty,
            statuses.allSatisfy(range.contains)
        else {
            return reader.mismatch(
                key,
                slice,
                wanted: "a list of statuses from \(range.lowerBound) to \(range.upperBound), such as [200, 404]"
            )
        }
        return statuses
    }
}
