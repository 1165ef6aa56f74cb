import Diagnostics
import JMESPath
import JSONSlices

extension CompilationContext {
    /// Compiles a string that may hold `{expressions}`.
    func textTemplate(_ string: JSONSlice) -> TextTemplate? {
        guard let text = string.string else {
            error("a template must be a string, not \(string.kind.article)", at: string)
            return nil
        }
        let pieces: [TemplateScanner.Piece]
        do throws(TemplateScanner.Failure) {
            pieces = try TemplateScanner.scan(text)
        } catch {
            self.error(error.message, at: error.range, inside: string, help: error.help)
            return nil
        }
        var parts: [TextTemplate.Part] = []
        var failed = false
        for piece in pieces {
            switch piece {
            case .text(let text):
                parts.append(.text(text))
            case .expression(let source, let offset):
                guard let expression = expression(source, root: .scope, inside: string, offset: offset) else {
                    failed = true
                    continue
                }
                parts.append(.expression(expression))
            }
        }
        return failed ? nil : TextTemplate(parts: parts)
    }

    /// Compiles a JSON value whose strings may hold `{expressions}`; its object keys are taken as they are, but for a
    /// `?` at their end and those that begin with `...`.
    ///
    /// - Parameter path: where the value stands, for messages about its members: `response.body`.
    func jsonTemplate(_ slice: JSONSlice, path: String) -> JSONTemplate? {
        switch slice.kind {
        case .null, .false, .true, .number:
            return .constant(slice)
        case .string:
            return textTemplate(slice).map { $0.constant == nil ? .text($0, path: path) : .constant(slice) }
        case .array:
            let elements = slice.elements.enumerated().map { jsonTemplate($0.element, path: "\(path)[\($0.offset)]") }
            guard elements.allSatisfy({ $0 != nil }) else { return nil }
            return .folded(elements: elements.compactMap(\.self))
        case .object:
            return objectTemplate(slice, path: path)
        }
    }

    private func objectTemplate(_ slice: JSONSlice, path: String) -> JSONTemplate? {
        var parts: [MergedObject.Part] = []
        var seen: Set<[UInt8]> = []
        var failed = false
        for (key, value) in slice.members {
            let written = key.string ?? ""
            let found: [MergedObject.Part]?
            if written.hasPrefix("...") {
                found = spread(
                    value,
                    key: key,
                    path: "\(path)[\"\(written)\"]",
                    isRepeated: !seen.insert(Array(written.utf8)).inserted
                )
            } else {
                found = member(value, key: key, path: path, seen: &seen).map { [.member($0)] }
            }
            guard let found else {
                failed = true
                continue
            }
            parts += found
        }
        return failed ? nil : .folded(parts: parts)
    }

    private func member(
        _ value: JSONSlice,
        key: JSONSlice,
        path: String,
        seen: inout Set<[UInt8]>
    ) -> JSONTemplate.Member? {
        let written = key.string ?? ""
        let isOptional = written.utf8.last == UInt8(ascii: "?")
        let name = isOptional ? String(written.dropLast()) : written
        let isNew = seen.insert(Array(name.utf8)).inserted
        if !isNew { error("the member '\(name)' stands twice", at: key, help: "keep one") }
        guard let template = jsonTemplate(value, path: "\(path).\(name)"), isNew else { return nil }
        return JSONTemplate.Member(key: name, isOptional: isOptional, value: template)
    }

    /// Compiles a member whose key begins with `...`: the parts that stand in its place.
    private func spread(_ value: JSONSlice, key: JSONSlice, path: String, isRepeated: Bool) -> [MergedObject.Part]? {
        let written = key.string ?? ""
        if isRepeated {
            error(
                "the key '\(written)' stands twice",
                at: key,
                help: "what follows the dots is a label of your own: \"...user\", \"...address\""
            )
        }
        if written.hasSuffix("?") {
            error("a spread takes no '?': null spreads nothing", at: key, help: "write \"\(written.dropLast())\"")
        }
        guard !isRepeated, !written.hasSuffix("?") else { return nil }
        switch value.kind {
        case .null:
            return []
        case .object:
            return jsonTemplate(value, path: path)?.objectParts
        case .string:
            guard let template = textTemplate(value) else { return nil }
            guard let single = template.single else { return spreadMismatch(value, key: written, found: "a text") }
            return [.spread(single, path: path)]
        case .array, .number, .true, .false:
            return spreadMismatch(value, key: written, found: value.kind.article)
        }
    }

    private func spreadMismatch(_ value: JSONSlice, key: String, found: String) -> [MergedObject.Part]? {
        error(
            "'\(key)' takes over the members of an object, not \(found)",
            at: value,
            help: "write one expression: \"\(key)\": \"{user}\""
        )
        return nil
    }
}
