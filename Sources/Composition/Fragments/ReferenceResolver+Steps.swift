import Diagnostics
import JSONSlices

/// The steps of following a reference.
extension ReferenceResolver {
    func file(of reference: Reference, in place: SourceValue) -> SourceFile? {
        let base = fragments.relativePath(of: place.file)
        guard !reference.path.isEmpty else { return place.file }
        guard let path = reference.target(from: base) else {
            return report(
                "'\(reference.path)' is outside of the compositions directory",
                at: place,
                help: "fragments stand in files below it whose names, or whose folders' names, begin with '_'"
            )
        }
        if let file = fragments.file(at: path) { return file }
        guard Fragments.isFragment(path) else {
            return report(
                "'\(reference.path)' is no fragment",
                at: place,
                help: "the name of a fragment, or of a folder above it, begins with '_'"
            )
        }
        let known = fragments.files.map { Reference.path(to: fragments.relativePath(of: $0), from: base) }
        let hint = suggestion(for: reference.path, among: known)
        return report("there is no fragment '\(reference.path)'", at: place, help: hint)
    }

    func value(at pointer: JSONPointer, below top: SourceValue, for reference: SourceValue) -> SourceValue? {
        var value = top
        for (step, token) in pointer.tokens.enumerated() {
            let name = "'\(fragments.relativePath(of: top.file))#\(pointer.text(ofFirst: step))'"
            guard value.slice.kind == .object else {
                guard let index = JSONPointer.index(token), let element = value.slice.element(at: index) else {
                    let count = value.slice.count
                    let found = value.slice.kind == .array ? "a list of \(count)" : value.slice.kind.article
                    return report("\(name) is \(found), and has no '\(token)'", at: reference)
                }
                value = value.with(element)
                continue
            }
            guard let members = members(of: value, for: reference) else { return nil }
            guard let member = members.last(where: { $0.key.slice.string == token }) else {
                let known = members.compactMap(\.key.slice.string)
                let hint = suggestion(for: token, among: known)
                return report("\(name) has no '\(token)'", at: reference, help: hint)
            }
            value = member.value
        }
        return value
    }

    /// Whether a reference is not among those that lead to it.
    func isFinite(_ use: ReferenceUse, at place: SourceValue) -> Bool {
        let chain = use.outer?.chain ?? []
        if let start = chain.firstIndex(where: { $0.identity == use.identity }) {
            endless.formUnion(chain[...start].map(\.identity))
            let circle = chain[...start].reversed().map(\.target) + [use.target]
            // The circle itself says from where each is used.
            return report(
                "these references lead back to where they began: " + circle.joined(separator: " → "),
                at: SourceValue(file: place.file, slice: place.slice, use: nil)
            ) ?? false
        }
        guard chain.count < Self.maximumDepth else {
            endless.formUnion(chain.map(\.identity))
            return report("more than \(Self.maximumDepth) references inside one another", at: place) ?? false
        }
        return true
    }

    /// Reports an error; the answer is always nil, for use in a `return`.
    func report<Value>(_ message: String, at value: SourceValue, help: String? = nil) -> Value? {
        diagnostics.add(Diagnostic(.error, message, at: value.place, help: help))
        return nil
    }
}
