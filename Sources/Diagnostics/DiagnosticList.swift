public import JSONSlices

/// Collects the findings of one load, so that an operator sees all of them at once.
///
/// Used by one thread while files are read; not on the request path.
public final class DiagnosticList {
    /// As they were found: what is wrong with a fragment once for each of its uses.
    public private(set) var diagnostics: [Diagnostic] = []

    public init() {}

    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
    /// Errors as they were found, to tell whether a step has found any; ``sorted()`` has each once.
    public var errorCount: Int { diagnostics.count { $0.severity == .error } }
    public var warningCount: Int { diagnostics.count { $0.severity == .warning } }

    public func add(_ diagnostic: Diagnostic) {
        diagnostics.append(diagnostic)
    }

    public func error(_ message: String, in file: SourceFile, at range: Range<Int>, help: String? = nil) {
        add(Diagnostic(.error, message, at: .init(file: file, range: range), help: help))
    }

    public func error(_ message: String, in file: SourceFile, at slice: JSONSlice, help: String? = nil) {
        error(message, in: file, at: slice.byteRange, help: help)
    }

    public func warning(_ message: String, in file: SourceFile, at slice: JSONSlice, help: String? = nil) {
        add(Diagnostic(.warning, message, at: .init(file: file, range: slice.byteRange), help: help))
    }

    /// A finding about no particular place of a file, for instance a directory that is missing.
    public func error(_ message: String, help: String? = nil) {
        add(Diagnostic(.error, message, at: nil, help: help))
    }

    /// Parses a file's bytes; a syntax error becomes a finding that points at the byte, and nil is returned.
    ///
    /// - Parameter maxDepth: how deep lists and objects may be nested.
    public func parse(_ file: SourceFile, maxDepth: Int = 128) -> JSONDocument? {
        do throws(JSONSyntaxError) {
            return try JSONDocument(parsing: file.bytes, limits: JSONLimits(maxDepth: maxDepth))
        } catch {
            let end = min(error.offset + 1, max(file.bytes.count, error.offset))
            let help = file.isQuotable ? JSONMistake(error: error, file: file).help : nil
            self.error("not JSON: \(error)", in: file, at: error.offset..<max(end, error.offset), help: help)
            return nil
        }
    }

    /// The findings in the order of files and lines. What is wrong with a fragment stands there once, with all its uses.
    public func sorted() -> [Diagnostic] {
        func key(_ diagnostic: Diagnostic) -> (String, Int) {
            (diagnostic.place?.file.path ?? "", diagnostic.place?.range.lowerBound ?? 0)
        }
        return distinct().enumerated()
            .sorted { key($0.element) == key($1.element) ? $0.offset < $1.offset : key($0.element) < key($1.element) }
            .map(\.element)
    }

    private func distinct() -> [Diagnostic] {
        var distinct: [Diagnostic] = []
        var indices: [Finding: Int] = [:]
        for diagnostic in diagnostics where diagnostic.place?.isMissing != true {
            guard let place = diagnostic.place else {
                distinct.append(diagnostic)
                continue
            }
            let finding = Finding(diagnostic, at: place)
            if let index = indices[finding] {
                distinct[index].place?.add(place.uses)
            } else {
                indices[finding] = distinct.count
                distinct.append(diagnostic)
            }
        }
        return distinct
    }
}

/// What makes two findings the same.
private struct Finding: Hashable {
    let file: ObjectIdentifier
    let range: Range<Int>
    let severity: Diagnostic.Severity
    let message: String

    init(_ diagnostic: Diagnostic, at place: Diagnostic.Place) {
        file = ObjectIdentifier(place.file)
        range = place.range
        severity = diagnostic.severity
        // A fragment's call has another name in each composition: what is wrong with it is the same.
        message =
            place.uses.isEmpty
            ? diagnostic.message : diagnostic.message.replacing(/(call|parameter) '\w+'/) { "\($0.1)" }
    }
}
