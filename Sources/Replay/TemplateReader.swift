import Diagnostics
import JMESPath
import JSONSlices

/// Compiles the texts of a `response` whose `template` is true; what is wrong with them becomes diagnostics.
struct TemplateReader {
    let reader: ObjectReader
    /// Of the fixture's path.
    let placeholders: [String]

    /// - Parameter added: headers that follow from the body.
    func read(added: [(name: String, value: String)]) -> AnswerTemplate {
        var headers = reader.stringLists("headers").flatMap { name, _, values in
            values.compactMap { value in text(value).map { (name: name, value: $0) } }
        }
        headers += added.map { ($0.name, AnswerText(parts: [.text($0.value)])) }
        if let body = reader["body"] {
            var pieces = Pieces()
            append(body, to: &pieces)
            return AnswerTemplate(headers: headers, body: .json(pieces.finished))
        }
        let bodyText = reader["bodyText"].flatMap { $0.kind == .string ? text($0) : nil }
        return AnswerTemplate(headers: headers, body: bodyText.map { .text($0) })
    }

    /// Stretches of a JSON text, constant ones joined.
    private struct Pieces {
        private var pieces: [AnswerTemplate.Piece] = []
        private var constant: [UInt8] = []

        mutating func append(_ bytes: some Sequence<UInt8>) { constant += bytes }

        mutating func append(_ text: AnswerText) {
            flush()
            pieces.append(.value(text))
        }

        private mutating func flush() {
            if !constant.isEmpty { pieces.append(.bytes(constant)) }
            constant = []
        }

        var finished: [AnswerTemplate.Piece] {
            var copy = self
            copy.flush()
            return copy.pieces
        }
    }

    private func append(_ value: JSONSlice, to pieces: inout Pieces) {
        switch value.kind {
        case .null, .false, .true, .number:
            pieces.append(CompactJSON.bytes(of: value))
        case .string:
            guard let text = text(value) else { return }
            if text.constant == nil { pieces.append(text) } else { pieces.append(CompactJSON.bytes(of: value)) }
        case .array:
            pieces.append("[".utf8)
            for (index, element) in value.elements.enumerated() {
                if index > 0 { pieces.append(",".utf8) }
                append(element, to: &pieces)
            }
            pieces.append("]".utf8)
        case .object:
            pieces.append("{".utf8)
            for (index, (key, element)) in value.members.enumerated() {
                if index > 0 { pieces.append(",".utf8) }
                pieces.append(CompactJSON.bytes(of: key))
                pieces.append(":".utf8)
                append(element, to: &pieces)
            }
            pieces.append("}".utf8)
        }
    }

    private func text(_ string: JSONSlice) -> AnswerText? {
        let pieces: [TemplateScanner.Piece]
        do throws(TemplateScanner.Failure) {
            pieces = try TemplateScanner.scan(string.string ?? "")
        } catch {
            let place = place(of: error.range, in: string)
            reader.diagnostics.error(error.message, in: reader.file, at: place, help: error.help)
            return nil
        }
        let parts = pieces.compactMap { piece -> AnswerText.Part? in
            switch piece {
            case .text(let text): .text(text)
            case .expression(let source, let offset): expression(source, offset, string).map { .expression($0) }
            }
        }
        return parts.count == pieces.count ? AnswerText(parts: parts) : nil
    }

    private func expression(_ source: String, _ offset: Int, _ string: JSONSlice) -> Expression? {
        var scope = AnswerScope(placeholders: placeholders)
        do throws(ExpressionError) {
            let expression = try Expression.parse(source, root: .scope, scope: &scope)
            for warning in expression.warnings {
                let place = place(of: warning.range.shifted(by: offset), in: string)
                reader.diagnostics.add(
                    Diagnostic(.warning, warning.message, at: .init(file: reader.file, range: place), help: warning.fix)
                )
            }
            return expression
        } catch {
            let label = error.kind == .unknownName ? "" : "\(error.kind.rawValue): "
            let place = place(of: error.range.shifted(by: offset), in: string)
            reader.diagnostics.error(label + error.message, in: reader.file, at: place, help: error.fix)
            return nil
        }
    }

    /// The bytes of the file that stand for bytes of a string's decoded text; at least one.
    private func place(of range: Range<Int>, in string: JSONSlice) -> Range<Int> {
        let start = reader.file.offset(ofDecoded: range.lowerBound, in: string)
        let end = reader.file.offset(ofDecoded: max(range.upperBound, range.lowerBound + 1), in: string)
        return start..<max(start, end)
    }
}

extension Range<Int> {
    fileprivate func shifted(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}
