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

    func warning(_ message: String, at slice: JSONSlice, help: String? = nil) {
        let place = Diagnostic.Place(file: file, range: slice.byteRange)
        diagnostics.add(Diagnostic(.warning, message, at: place, help: help))
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
            // Where an expression stands by itself, braces around it make it a hash.
            let isBraced = offset == 0 && error.kind == .syntax && source.hasPrefix("{") && source.hasSuffix("}")
            let help = isBraced ? "an expression stands here as it is: write it without the braces" : error.fix
            self.error(label + error.message, at: range, inside: string, help: help)
            return nil
        }
    }
}

extension CompilationContext {
    /// Whether what is read of the caller can be known.
    func knowsCallers(_ access: AccessRule?, _ reader: ObjectReader) -> Bool {
        let readsCaller = names.sources.contains { source in
            switch source {
            case .requestClaim, .requestConsumer: true
            default: false
            }
        }
        guard readsCaller, access?.policies.isEmpty != false else { return true }
        error(
            "the endpoint reads who asks, and no policy finds that out",
            at: reader["access"] ?? reader["endpoint"] ?? reader.object,
            help: "add \"access\" with the name of an access policy of the settings"
        )
        return false
    }
}
