import Composition
import Diagnostics
import JSONSlices

/// The text of a composition, a NUL, and that of a fragment, `_f.json`: both are checked, and whatever is wrong is told
/// at a place of one of them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzComposition(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let parts = UnsafeBufferPointer(start: start, count: count)
        .split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let files = [SourceFile(path: "c.json", bytes: Array(parts[0]))]
    let fragments = parts.dropFirst().map { SourceFile(path: "_f.json", bytes: Array($0)) }
    let diagnostics = DiagnosticList()
    let set = CompositionSet.compile(
        files,
        fragments: Fragments(directory: "", files: Array(fragments)),
        backends: ["a", "b"],
        diagnostics: diagnostics
    )
    let findings = diagnostics.sorted()
    for finding in findings {
        guard let place = finding.place else { fatalError("a finding without a place: \(finding.message)") }
        precondition(place.file === files[0] || fragments.contains { $0 === place.file }, "a place that nobody wrote")
        precondition(place.range.lowerBound >= 0 && place.range.upperBound <= place.file.bytes.count)
        precondition(!finding.rendered().isEmpty)
    }
    precondition(diagnostics.hasErrors == findings.contains { $0.severity == .error }, "an error that nobody is told")
    for plan in set.plans { precondition(!plan.explanation().isEmpty) }
    return 0
}
