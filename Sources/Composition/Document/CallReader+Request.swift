import Diagnostics
import JSONSlices

/// What a call sends: method, path, query, headers and body.
extension CallReader {
    func method(_ reader: ObjectReader) -> String {
        guard let method = reader.string("method"), let slice = reader["method"] else { return "GET" }
        if !Self.methods.contains(method) {
            let methods = Self.methods.joined(separator: ", ")
            context.error("'\(method)' is no method of a call", at: slice, help: "one of \(methods), in capitals")
        }
        return method
    }

    func path(_ reader: ObjectReader) -> PathTemplate? {
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
        warnAboutOtherNotations(template, at: slice)
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

    /// `:id` and `${id}` stand for a value elsewhere; here they are text.
    private func warnAboutOtherNotations(_ template: TextTemplate, at slice: JSONSlice) {
        for (index, part) in template.parts.enumerated() {
            guard case .text(let text) = part else { continue }
            if text.utf8.last == UInt8(ascii: "$"), index + 1 < template.parts.count {
                context.warning("the '$' before '{' is sent as it stands", at: slice, help: "write {name} alone")
            }
            for segment in text.split(separator: "/") where segment.utf8.first == UInt8(ascii: ":") {
                let name = String(segment.dropFirst())
                guard context.names.isKnown(name) else { continue }
                context.warning("'\(segment)' is sent as it stands", at: slice, help: "a value is written {\(name)}")
            }
        }
    }

    func query(_ reader: ObjectReader) -> QueryTemplate {
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
                if member.name.hasPrefix("...") {
                    context.error(
                        "a query has no '\(member.name)': members are spread in bodies and fallbacks",
                        at: member.key,
                        help: "yield the whole query by one expression: \"query\": \"{merge(request.query, {a: b})}\""
                    )
                    return nil
                }
                let isRequired = member.name.utf8.last == UInt8(ascii: "!")
                let name = isRequired ? String(member.name.dropLast()) : member.name
                switch member.value.kind {
                case .string:
                    return context.textTemplate(member.value).map {
                        .init(name: name, isRequired: isRequired, value: $0)
                    }
                case .number, .true, .false:
                    let text = member.value.withUTF8 { String(decoding: $0, as: UTF8.self) }
                    return .init(name: name, isRequired: isRequired, value: TextTemplate(parts: [.text(text)]))
                case .null, .array, .object:
                    let found = member.value.kind.article
                    context.error("'\(member.name)' must be a template, not \(found)", at: member.value)
                    return nil
                }
            }
        )
    }

    func headers(_ reader: ObjectReader) -> [HeaderTemplate] {
        context.headers(reader, lists: false) { name in
            HeaderRules.isTransports(name) ? "the header '\(name)' is the transport's to write" : nil
        }
    }

    func body(_ reader: ObjectReader, method: String, call: String) -> JSONTemplate? {
        guard let slice = reader["body"] else { return nil }
        if method == "GET" || method == "HEAD" {
            context.error("a \(method) has no body", at: slice, help: "say \"method\": \"POST\", or use \"query\"")
        }
        return context.jsonTemplate(slice, path: "calls.\(call).body")
    }
}
