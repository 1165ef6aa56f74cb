import JSONSlices

/// What a template may read while a request runs: the values of the slots that its expressions were resolved to.
struct RenderScope: Sendable {
    var slots: [JSONValue]
}
