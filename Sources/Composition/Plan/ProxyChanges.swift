import CurlTransport
import Diagnostics

/// What a proxy changes on the way, in both directions.
struct ProxyChanges: Sendable {
    /// Which `Host` a backend gets.
    enum Host: Hashable, Sendable {
        /// That of its own URL.
        case backend
        /// The one that the client asked for.
        case client
        case fixed(String)
    }

    var host = Host.backend
    var request = HeaderChanges()
    var response = HeaderChanges()
    /// Over the client's JSON, which it makes anew; nil: bodies stay as they are.
    var requestBody: PlacedExpression?
    /// Over the JSON of a reply with a status from 200 to 299.
    var responseBody: PlacedExpression?
    /// The client's status by the backend's.
    var statuses: [Int: Int] = [:]

    /// Bodies are read whole.
    var readsBodies: Bool { requestBody != nil || responseBody != nil }
}

/// Changes of header fields: first names, then what is left out, then what is set.
struct HeaderChanges: Sendable {
    /// A field goes by another name, in whose place it comes.
    struct Renaming: Hashable, Sendable {
        let from: String
        let to: String

        func isFrom(_ field: HeaderField) -> Bool { HeaderValidation.equal(field.name, from) }
    }

    var renamed: [Renaming] = []
    var removed: [String] = []
    /// In the place of all fields of the name; null leaves them out.
    var set: [HeaderTemplate] = []

    /// Whether who asks is told by an `Authorization` of the endpoint's own.
    var setsAuthorization: Bool {
        self.set.contains { HeaderValidation.equal($0.name, "authorization") && $0.value.constant == nil }
            || renamed.contains { HeaderValidation.equal($0.to, "authorization") }
    }

    var isEmpty: Bool { renamed.isEmpty && removed.isEmpty && set.isEmpty }

    func applied(to fields: [HeaderField], in scope: borrowing RenderScope) throws(RenderFailure) -> [HeaderField] {
        guard !isEmpty else { return fields }
        var fields = fields
        for renaming in renamed {
            // Whatever came by the new name is not what goes by it now, also where there is nothing to rename.
            fields.removeAll { HeaderValidation.equalForBackends($0.name, renaming.to) && !renaming.isFrom($0) }
            for index in fields.indices where renaming.isFrom(fields[index]) {
                fields[index].name = renaming.to
            }
        }
        fields.removeAll { field in removed.contains { HeaderValidation.equalForBackends($0, field.name) } }
        for template in set { fields.removeAll { HeaderValidation.equalForBackends($0.name, template.name) } }
        for template in set {
            for value in try template.values(in: scope, lists: false) {
                fields.append(HeaderField(name: template.name, value: value))
            }
        }
        return fields
    }
}
