import Diagnostics
import JMESPath
import JSONSlices

@testable import Composition

/// A template, a NUL, and the data it reads: as the body of a reply and that of a call it is refused with a place, or
/// renders to JSON. The same text as a string's is taken apart and comes together again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTemplate(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let parts = UnsafeBufferPointer(start: start, count: count)
        .split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    checkScanner(String(decoding: parts[0], as: UTF8.self))
    guard (try? JSONDocument(parsing: Array(parts[0]), limits: JSONLimits(maxDepth: 64))) != nil,
        let plan = plan(template: Array(parts[0]))
    else { return 0 }
    var data = values
    if parts.count > 1, let document = try? JSONDocument(parsing: Array(parts[1]), limits: JSONLimits(maxDepth: 64)) {
        data.append(.slice(document.root))
    }
    for value in data { check(plan, value) }
    return 0
}

private let values: [JSONValue] = [
    #"{"a":{"b":"é\n\u0000\"\\\u2028","n":1.50,"c":"d"},"b":[1,{"a":2},"x"],"n":null,"t":"..;x","e":""}"#, "null", "[]",
    #""\r\nX: 1""#, "0",
].map { text in
    guard let document = try? JSONDocument(parsing: text) else { fatalError("data of the target is no JSON") }
    return .slice(document.root)
}

/// Text and expressions, put together again, are the text.
private func checkScanner(_ text: String) {
    do throws(TemplateScanner.Failure) {
        var rebuilt = ""
        for piece in try TemplateScanner.scan(text) {
            switch piece {
            case .text(let literal):
                rebuilt += literal
            case .expression(let source, let offset):
                precondition(offset == rebuilt.utf8.count + 1)
                rebuilt += "{\(source)}"
            }
        }
        precondition(rebuilt.utf8.elementsEqual(text.utf8))
    } catch {
        precondition(error.range.lowerBound >= 0 && error.range.upperBound <= text.utf8.count)
    }
}

private func plan(template: [UInt8]) -> Plan? {
    var text = Array(#"{"endpoint":"POST /a","calls":{"u":{"backend":"b","path":"/"},"#.utf8)
    text += Array(#""p":{"backend":"b","method":"POST","path":"/","body":"#.utf8) + template
    text += Array(#"}},"response":{"body":{"own":"{u}","template":"#.utf8) + template + Array("}}}".utf8)
    let file = SourceFile(path: "c.json", bytes: text)
    let diagnostics = DiagnosticList()
    let plans = CompositionSet.compile([file], backends: nil, diagnostics: diagnostics).plans
    for diagnostic in diagnostics.sorted() {
        guard let place = diagnostic.place else { fatalError("a finding without a place: \(diagnostic.message)") }
        precondition(place.range.lowerBound >= 0 && place.range.upperBound <= text.count)
        precondition(!diagnostic.rendered().isEmpty)
    }
    precondition(plans.isEmpty == diagnostics.hasErrors)
    return plans.first
}

/// What a template writes is JSON, for every body; a failure names its place.
private func check(_ plan: Plan, _ value: JSONValue) {
    let scope = RenderScope(slots: plan.slotSources.map { _ in value })
    for template in [plan.response.body] + plan.calls.compactMap(\.body) {
        do throws(RenderFailure) {
            var writer = JSONWriter()
            try template.write(to: &writer, in: scope)
            let bytes = writer.finish()
            guard let document = try? JSONDocument(parsing: bytes, limits: JSONLimits(maxDepth: 1024)) else {
                fatalError("no JSON: \(String(decoding: bytes, as: UTF8.self))")
            }
            guard bytes.count < 100_000, let again = try? template.value(in: scope) else { continue }
            var second = JSONWriter()
            second.write(again)
            precondition(second.finish() == bytes, "written and as a value a template is the same")
            _ = document
        } catch {
            precondition(error.detail.hasPrefix("c.json:"), "a failure without a place: \(error.detail)")
        }
    }
}
