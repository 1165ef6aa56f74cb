import JMESPath
import JSONSlices

/// An expression, a NUL, and the document it is evaluated on; without a document of its own, some that reach far. Behind
/// a byte 1 its names are those of a scope, as in a template, and have these documents as values.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzExpression(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let isInScope = parts[0].first == 1
    let text = String(decoding: parts[0].dropFirst(isInScope ? 1 : 0), as: UTF8.self)
    guard let expression = parsed(text, isInScope ? .scope : .document) else { return 0 }
    _ = expression.rootMembers
    for warning in expression.warnings { check(warning.range, of: text) }
    if parts.count > 1, let document = try? JSONDocument(parsing: Array(parts[1])) {
        evaluate(expression, on: .slice(document.root))
    } else {
        for document in documents { evaluate(expression, on: document) }
    }
    return 0
}

private let documents: [JSONValue] = [
    #"{"a":[1,{"b":[2.5,"x"]},null],"b":{"c":"é","a":-1e3},"c":[],"d e":"x","f":true}"#,
    #"[[1,2,[3]],{"a":{"a":{"a":1}}},"text",false,12345678901234567890,"2026-11-24T08:30:00.25+01:00"]"#,
].map { text in
    guard let document = try? JSONDocument(parsing: text) else { fatalError("a document of the target is no JSON") }
    return .slice(document.root)
}

/// `a` and `b` are values; `c` has two of them.
private struct Names: ExpressionScope {
    mutating func resolve(_ path: [String]) -> NameResolution {
        switch path {
        case ["a"], ["c", "a"]: .slot(0)
        case ["b"], ["c", "b"]: .slot(1)
        case ["c"]: .namespace("name a part of it")
        default: .unknown(message: "no '\(path.last ?? "")'")
        }
    }
}

/// nil when it is refused: with a place inside of the text.
private func parsed(_ text: String, _ root: ExpressionRoot) -> Expression? {
    var names = Names()
    do throws(ExpressionError) {
        return try Expression.parse(text, root: root, scope: &names)
    } catch {
        check(error.range, of: text)
        return nil
    }
}

/// The value is JSON, and of a type that the analysis foretold; or an error points into the text.
private func evaluate(_ expression: Expression, on root: JSONValue) {
    var budget = EvaluationBudget(steps: 20_000, bytes: 1 << 20)
    let types = documents.map { StaticType(of: $0) }
    let either = types[0].or(types[1]).orNull(when: "it is not there")
    let analyses = [
        expression.analysis(slots: { _ in .unknown }),
        expression.analysis(slots: { types[$0] }, root: StaticType(of: root)),
        expression.analysis(slots: { _ in either }, root: StaticType(of: root).or(either)),
    ]
    for finding in analyses.flatMap(\.findings) { check(finding.range, of: expression.source) }
    do throws(ExpressionError) {
        let value = try expression.evaluate(root: root, slots: documents, budget: &budget)
        var writer = JSONWriter()
        writer.write(value)
        let bytes = writer.finish()
        guard (try? JSONDocument(parsing: bytes)) != nil || isTooDeep(value) else { fatalError("the value is no JSON") }
        for analysis in analyses where !analysis.type.admits(value) {
            fatalError("the value is \(value.kind), not \(analysis.type.types.description)")
        }
    } catch {
        check(error.range, of: expression.source)
    }
}

/// JSON that Medley writes can be deeper than what it reads.
private func isTooDeep(_ value: JSONValue) -> Bool {
    var layer = [value]
    for _ in 0..<500 {
        layer = layer.flatMap { $0.arrayElements ?? $0.objectMembers?.map(\.value) ?? [] }
        if layer.isEmpty { return false }
    }
    return true
}

private func check(_ range: Range<Int>, of text: String) {
    guard range.lowerBound >= 0, range.upperBound <= text.utf8.count else {
        fatalError("\(range) is not inside of the text")
    }
}
