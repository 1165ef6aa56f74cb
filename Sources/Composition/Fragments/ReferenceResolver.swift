import Diagnostics
import JSONSlices

/// Finds what the references of compositions mean, and reports those that lead nowhere.
///
/// Lives on one thread while a directory is compiled.
final class ReferenceResolver {
    typealias Member = (key: SourceValue, value: SourceValue)

    /// References inside referenced text. More is a mistake; a cycle is told as one before.
    static let maximumDepth = 32

    let fragments: Fragments
    let diagnostics: DiagnosticList
    /// By file; nil for one that is no JSON.
    private var documents: [ObjectIdentifier: JSONDocument?] = [:]
    private var usedFiles: Set<ObjectIdentifier> = []
    /// The references that lead back to themselves, or on and on.
    var endless: Set<ReferenceIdentity> = []

    init(fragments: Fragments, diagnostics: DiagnosticList) {
        self.fragments = fragments
        self.diagnostics = diagnostics
    }

    /// The file's document, parsed once; nil, and the error reported, when it is no JSON.
    func document(of file: SourceFile) -> JSONDocument? {
        if let known = documents[ObjectIdentifier(file)] { return known }
        let document = diagnostics.parse(file)
        documents.updateValue(document, forKey: ObjectIdentifier(file))
        return document
    }

    /// The key `$ref` of an object that is a reference.
    static func referenceKey(of slice: JSONSlice) -> JSONSlice? {
        guard slice.kind == .object else { return nil }
        return slice.members.first { $0.key.string == "$ref" }?.key
    }

    /// What stands beside `$ref`.
    func overrides(of object: SourceValue) -> [Member] {
        object.slice.members.filter { $0.key.string != "$ref" }.map { (object.with($0.key), object.with($0.value)) }
    }

    /// The value that an object with a `$ref` points to; it may be a reference itself.
    func target(of object: SourceValue) -> SourceValue? {
        let references = object.slice.members.filter { $0.key.string == "$ref" }
        guard let slice = references.first?.value else { return nil }
        if references.count > 1 {
            return report("the key '$ref' stands twice", at: object.with(references[1].key), help: "keep one")
        }
        guard let written = slice.string else {
            let found = "'$ref' must be a string, not \(slice.kind.article)"
            return report(found, at: object.with(slice), help: Reference.example)
        }
        let reference: Reference
        do throws(Reference.Failure) {
            reference = try Reference(parsing: written)
        } catch {
            return report(error.message, at: object.with(slice), help: error.help)
        }
        guard let file = file(of: reference, in: object.with(slice)) else { return nil }
        let name = fragments.relativePath(of: file) + "#" + reference.pointer.text
        let use = ReferenceUse(object, reference: slice, target: name)
        guard isFinite(use, at: object.with(slice)), let document = document(of: file) else { return nil }
        if file !== object.file { usedFiles.insert(ObjectIdentifier(file)) }
        let top = SourceValue(file: file, slice: document.root, use: use)
        return value(at: reference.pointer, below: top, for: object.with(slice))
    }

    /// The members of an object, those of a reference's target and the overrides merged.
    ///
    /// - Parameter reference: the text of the reference that needs an object here.
    func members(of value: SourceValue, for reference: SourceValue) -> [Member]? {
        if Self.referenceKey(of: value.slice) != nil {
            guard let target = target(of: value), let members = members(of: target, for: reference) else { return nil }
            return Self.merged(members, with: overrides(of: value))
        }
        guard value.slice.kind == .object else {
            return report(
                "the reference is \(value.slice.kind.article), and has no members that others could stand beside",
                at: reference,
                help: "leave \"$ref\" alone in its object"
            )
        }
        return value.slice.members.filter { !isSchema($0.key, of: value) }.map {
            (value.with($0.key), value.with($0.value))
        }
    }

    /// Whether an object's reference has been found to have no end.
    func isEndless(_ object: SourceValue) -> Bool { endless.contains(ReferenceIdentity(object)) }

    /// Whether a value has a member that says nothing but what editors check its file by.
    func hasSchema(_ value: SourceValue) -> Bool {
        value.slice.members.contains { isSchema($0.key, of: value) }
    }

    private func isSchema(_ key: JSONSlice, of value: SourceValue) -> Bool {
        key.string == "$schema" && value.slice.byteRange == value.slice.document.root.byteRange
    }

    /// An override takes the place of the member that it overrides; others follow in their order.
    static func merged(_ members: [Member], with overrides: [Member]) -> [Member] {
        var merged = members
        var names = Set<String>()
        for override in overrides {
            let name = override.key.slice.string ?? ""
            // A name that stands twice beside the reference is kept twice: the reader of the object says so.
            if names.insert(name).inserted, let index = members.firstIndex(where: { $0.key.slice.string == name }) {
                merged[index] = override
            } else {
                merged.append(override)
            }
        }
        return merged
    }

    /// Reports the fragments that are no JSON, and warns of those that no composition uses.
    ///
    /// - Parameter isComplete: whether the uses of all compositions have been seen.
    func reportFragments(isComplete: Bool) {
        for file in fragments.files {
            guard let document = document(of: file), isComplete, !usedFiles.contains(ObjectIdentifier(file)) else {
                continue
            }
            let start = document.root.byteRange.lowerBound
            let reference = "{\"$ref\": \"\(fragments.relativePath(of: file))\"}"
            diagnostics.add(
                Diagnostic(
                    .warning,
                    "no composition uses this fragment",
                    at: .init(file: file, range: start..<start + 1),
                    help: "take the file away, or use it: \(reference)"
                )
            )
        }
    }
}
