import Diagnostics
import ResponseCache

/// What the operator says of a place to cache: `calls.NAME.cache` or `response.cache`.
final class CacheRule: Sendable {
    let policy: CachePolicy
    /// What a response is keyed by besides what it is made from: the client's header fields, by lower-case name, and
    /// the fields of the query.
    let headers: [String]
    let query: [String]
    /// The names under which a response is purged; a null drops one.
    let tags: [TextTemplate]
    /// Where the key stands.
    let place: Diagnostic.Place

    init(policy: CachePolicy, headers: [String], query: [String], tags: [TextTemplate], place: Diagnostic.Place) {
        self.policy = policy
        self.headers = headers
        self.query = query
        self.tags = tags
        self.place = place
    }

    /// Whether the client's request has a part in the key that the backend's request does not have.
    var varies: Bool { !headers.isEmpty || !query.isEmpty }

    /// That part.
    func inputs(of request: EndpointRequest) throws(RequestFailure) -> [(name: String, values: [String])] {
        var fields = RequestFields(request)
        var inputs = headers.map { (name: $0, values: fields.headerValues($0)) }
        for name in query { inputs.append((name: "?" + name, values: try fields.queryTexts(name))) }
        return inputs
    }

    func tags(in scope: borrowing RenderScope) throws(RenderFailure) -> [String] {
        var names: [String] = []
        for tag in tags {
            if let name = try tag.text(in: scope) { names.append(name) }
        }
        return names
    }
}
