import Diagnostics
import JSONSlices

/// Puts a composition's text together from its file and the fragments that its references name.
///
/// `{"$ref": "_shared/user.json#/calls/user", "timeout": "1s"}` becomes the value that the reference points to, with the
/// members beside `$ref` in place of those of the same name: one level deep, the rest is taken as it is. Everything else
/// is copied as it stands, so that the text's readers need not know of references.
struct ReferenceExpansion {
    /// Bytes of one composition with all its fragments: fragments that use others twice grow without end.
    private static let maximumSize = 16 << 20

    /// References in one composition, each counted wherever it comes to stand.
    private static let maximumReferences = 10_000

    /// Arrays and objects inside one another, as in any file.
    private static let maximumDepth = 128

    private enum Excess: String, Error {
        case length = "longer than 16 MiB"
        case references = "made of more than 10000 references"
        case depth = "nested deeper than 128 lists and objects"
    }

    private let resolver: ReferenceResolver
    private var text = ComposedText()
    /// How far the file that is being copied has been.
    private var copied = 0
    /// Of the value that is being copied, in the text.
    private var depth = 0
    private var references = 0

    private init(resolver: ReferenceResolver) {
        self.resolver = resolver
    }

    /// A composition's file with its references resolved; itself when it has none.
    ///
    /// - Returns: nil, and an error reported, when nothing in the file can be checked: it is no JSON, or its calls or
    ///   parameters as a whole are a reference that leads nowhere.
    static func expand(_ file: SourceFile, resolver: ReferenceResolver, diagnostics: DiagnosticList) -> SourceFile? {
        guard let document = resolver.document(of: file) else { return nil }
        if let key = ReferenceResolver.referenceKey(of: document.root) {
            diagnostics.error(
                "'$ref' cannot stand for a whole composition",
                in: file,
                at: key,
                help: "reference its parts: \"calls\", \"parameters\", \"response\""
            )
            return nil
        }
        var expansion = ReferenceExpansion(resolver: resolver)
        do throws(Excess) {
            try expansion.append(SourceValue(file: file, slice: document.root, use: nil))
        } catch {
            diagnostics.error("with its fragments the composition is \(error.rawValue)", in: file, at: 0..<1)
            return nil
        }
        guard expansion.references > 0 else { return file }
        let text = expansion.text
        let composed = SourceFile(
            path: file.path,
            bytes: text.bytes,
            isQuotable: file.isQuotable,
            hasLines: file.hasLines,
            map: text.map
        )
        guard let whole = diagnostics.parse(composed) else { return nil }
        let isReadable = ["calls", "parameters"].allSatisfy { name in
            guard let slice = whole.root.member(name) else { return true }
            return !Diagnostic.Place(file: composed, range: slice.byteRange).isMissing
        }
        return isReadable ? composed : nil
    }

    /// Appends a value with the references in it resolved.
    private mutating func append(_ value: SourceValue) throws(Excess) {
        let outer = copied
        copied = value.slice.byteRange.lowerBound
        try appendReferences(in: value)
        text.copy(copied..<value.slice.byteRange.upperBound, of: value)
        copied = outer
    }

    /// Appends the file's text up to the end of the last reference in a value.
    private mutating func appendReferences(in value: SourceValue) throws(Excess) {
        guard depth <= Self.maximumDepth else { throw .depth }
        depth += 1
        defer { depth -= 1 }
        guard ReferenceResolver.referenceKey(of: value.slice) == nil else {
            text.copy(copied..<value.slice.byteRange.lowerBound, of: value)
            try appendMeaning(of: value)
            copied = value.slice.byteRange.upperBound
            return
        }
        for element in value.slice.elements { try appendReferences(in: value.with(element)) }
        for member in value.slice.members { try appendReferences(in: value.with(member.value)) }
    }

    /// Appends what an object with a `$ref` stands for; an object with nothing but the overrides when that is not known.
    private mutating func appendMeaning(of object: SourceValue) throws(Excess) {
        references += 1
        guard text.bytes.count <= Self.maximumSize else { throw .length }
        guard references <= Self.maximumReferences else { throw .references }
        let start = text.bytes.count
        let overrides = resolver.overrides(of: object)
        if !resolver.isEndless(object), try appendTarget(of: object, overrides: overrides),
            !resolver.isEndless(object)
        {
            return
        }
        text.removeAll(from: start)
        text.standIn("{", for: object)
        try appendMembers(overrides, of: object)
        text.join("}", for: object)
    }

    /// - Returns: false, and an error reported, when there is no such value.
    private mutating func appendTarget(
        of object: SourceValue,
        overrides: [ReferenceResolver.Member]
    ) throws(Excess) -> Bool {
        guard let target = resolver.target(of: object), let reference = object.slice.member("$ref") else {
            return false
        }
        if overrides.isEmpty, !resolver.hasSchema(target) {
            try append(target)
            return true
        }
        guard let members = resolver.members(of: target, for: object.with(reference)) else { return false }
        text.join("{", for: object)
        try appendMembers(ReferenceResolver.merged(members, with: overrides), of: object)
        text.join("}", for: object)
        return true
    }

    private mutating func appendMembers(_ members: [ReferenceResolver.Member], of object: SourceValue) throws(Excess) {
        for (index, member) in members.enumerated() {
            if index > 0 { text.join(",", for: object) }
            text.copy(member.key.slice.byteRange, of: member.key)
            text.join(":", for: object)
            try append(member.value)
        }
    }
}
