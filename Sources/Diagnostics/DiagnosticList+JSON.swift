import JSONSlices

extension DiagnosticList {
    /// The findings as one JSON document, for editors and scripts.
    ///
    /// `{"errors": 1, "warnings": 0, "diagnostics": [{"severity": "error", "file": "compositions/home.json", "line": 12,
    /// "column": 7, "endLine": 12, "endColumn": 12, "message": "…", "help": null, "usedBy": []}]}`, in the order of files
    /// and lines. Lines and columns count from 1, a column per Unicode scalar; `endColumn` is the column behind the last
    /// one; `usedBy` names, for the text of a fragment, the places that refer to it. Every member is always there: null
    /// where a finding has no place in a file, or no help. Members may be added, none changes its meaning.
    public func jsonReport() -> String {
        let findings = sorted()
        func count(_ severity: Diagnostic.Severity) -> JSONValue {
            .number(JSONNumber(findings.count { $0.severity == severity }))
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("errors")
        writer.write(count(.error))
        writer.key("warnings")
        writer.write(count(.warning))
        writer.key("diagnostics")
        writer.beginArray()
        for diagnostic in findings {
            diagnostic.write(to: &writer)
        }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.finish(), as: UTF8.self)
    }
}

extension Diagnostic {
    fileprivate func write(to writer: inout JSONWriter) {
        func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        func number(_ number: Int?) -> JSONValue { number.map { .number(JSONNumber($0)) } ?? .null }
        let span = place?.span
        writer.beginObject()
        for (key, value) in [
            ("severity", text(severity.rawValue)),
            ("file", text(place?.file.path)),
            ("line", number(span?.start.line)),
            ("column", number(span?.start.column)),
            ("endLine", number(span?.end.line)),
            ("endColumn", number(span?.end.column)),
            ("message", text(message)),
            ("help", text(help)),
            ("usedBy", .array((place?.uses ?? []).map { .string($0.description) })),
        ] {
            writer.key(key)
            writer.write(value)
        }
        writer.endObject()
    }
}

extension Diagnostic.Place {
    /// The first position and the one behind the last; nil for what is no file, such as an environment
    /// variable.
    var span: (start: SourceFile.Position, end: SourceFile.Position)? {
        guard file.hasLines else { return nil }
        return (file.position(of: range.lowerBound), file.position(of: range.upperBound))
    }
}
