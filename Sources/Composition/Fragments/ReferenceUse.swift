import Diagnostics
import JSONSlices

/// The file and the place of the object with the `$ref`: what one reference differs in from another.
struct ReferenceIdentity: Hashable {
    private let file: ObjectIdentifier
    private let start: Int

    init(_ object: SourceValue) {
        file = ObjectIdentifier(object.file)
        start = object.slice.byteRange.lowerBound
    }
}

/// A reference that is being followed.
final class ReferenceUse {
    let identity: ReferenceIdentity
    /// What it points to, for messages: `_shared/user.json#/calls/user`.
    let target: String
    let outer: ReferenceUse?
    let source: SourceMap.Use

    init(_ object: SourceValue, reference: JSONSlice, target: String) {
        identity = ReferenceIdentity(object)
        self.target = target
        outer = object.use
        source = SourceMap.Use(
            place: Diagnostic.Place(file: object.file, range: reference.byteRange, use: nil),
            outer: object.use?.source
        )
    }

    /// From this one outwards.
    var chain: [ReferenceUse] { [self] + (outer?.chain ?? []) }
}
