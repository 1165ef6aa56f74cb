import Diagnostics
import JMESPath
import JSONSlices

/// What the readers of one composition file share: the file, the findings, and the names that expressions may use.
///
/// Lives on one thread while the file is compiled.
final class CompilationContext {
    let file: SourceFile
    let diagnostics: DiagnosticList
    /// The names of the backends, when they are known.
    let backends: [String]?
    var names: NameTable

    init(file: SourceFile, diagnostics: DiagnosticList, backends: [String]?, names: NameTable) {
        self.file = file
        self.diagnostics = diagnostics
        self.backends = backends
        self.names = names
    }

    func error(_ message: String, at slice: JSONSlice, help: String? = nil) {
        diagnostics.error(message, in: file, at: slice, help: help)
    }

    /// Reports an error inside a string, at UTF-8 offsets of its decoded text.
    func error(_ message: String, at range: Range<Int>, inside string: JSONSlice, help: String? = nil) {
        let place = ExpressionOrigin(file: file, string: string, offset: 0).place(of: range)
        diagnostics.add(Diagnostic(.error, message, at: place, help: help))
    }

    /// Compiles an expression that stands in a string from a UTF-8 offset on.
    func expression(
        _ source: String,
        root: ExpressionRoot,
        inside string: JSONSlice,
        offset: Int = 0
    ) -> PlacedExpression? {
        let origin = ExpressionOrigin(file: file, string: string, offset: offset)
        do throws(ExpressionError) {
            let expression = try Expression.parse(source, root: root, scope: &names)
            for warning in expression.warnings {
                let place = origin.place(of: warning.range)
                diagnostics.add(Diagnostic(.warning, warning.message, at: place, help: warning.fix))
            }
            return PlacedExpression(expression: expression, origin: origin)
        } catch {
            let range = error.range.lowerBound + offset..<error.range.upperBound + offset
            let label = error.kind == .unknownName ? "" : "\(error.kind.rawValue): "
            self.error(label + error.message, at: range, inside: string, help: error.fix)
            return nil
        }
    }

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

    /// Compiles a JSON value whose strings may hold `{expressions}`; its object keys are taken as they are.
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
            let templates = elements.compactMap(\.self)
            return templates.allSatisfy(\.isConstant) ? .constant(slice.compacted) : .array(templates)
        case .object:
            return objectTemplate(slice, path: path)
        }
    }

    private func objectTemplate(_ slice: JSONSlice, path: String) -> JSONTemplate? {
        var members: [JSONTemplate.Member] = []
        var seen: Set<[UInt8]> = []
        var failed = false
        for (key, value) in slice.members {
            let written = key.string ?? ""
            let isOptional = written.utf8.last == UInt8(ascii: "?")
            let name = isOptional ? String(written.dropLast()) : written
            if !seen.insert(Array(name.utf8)).inserted {
                error("the member '\(name)' stands twice", at: key, help: "keep one")
                failed = true
            }
            guard let template = jsonTemplate(value, path: "\(path).\(name)") else {
                failed = true
                continue
            }
            members.append(.init(key: name, isOptional: isOptional, value: template))
        }
        if failed { return nil }
        let isConstant = members.allSatisfy { $0.value.isConstant && !$0.isOptional }
        return isConstant ? .constant(slice.compacted) : .object(members)
    }
}

extension JSONSlice {
    /// The value without the layout that the file's author gave it; scalars as they are written.
    fileprivate var compacted: JSONSlice {
        var writer = JSONWriter()
        writeCompact(to: &writer)
        // What was JSON with its layout is JSON without it.
        return (try? JSONDocument(parsing: writer.finish()).root) ?? self
    }

    private func writeCompact(to writer: inout JSONWriter) {
        switch kind {
        case .array:
            writer.beginArray()
            for element in elements { element.writeCompact(to: &writer) }
            writer.endArray()
        case .object:
            writer.beginObject()
            for (key, value) in members {
                writer.key(key.string ?? "")
                value.writeCompact(to: &writer)
            }
            writer.endObject()
        case .null, .false, .true, .number, .string:
            writer.write(self)
        }
    }
}

extension JSONTemplate {
    fileprivate var isConstant: Bool { if case .constant = self { true } else { false } }
}
