import JSONSlices

/// A multi-select hash: `{key: value, …}`.
final class ObjectSelection: Sendable {
    struct Member: Sendable {
        var key: String
        var value: Node
    }

    let members: [Member]

    /// The keys, shared by all objects that the selection makes; nil when a key stands twice.
    let shape: JSONShape?

    /// The ways to the values, when every one of them is a path from the current value, as in
    /// `{id: id, total: total.amount}`. This is how most replies are reshaped: it needs no evaluation by nodes.
    let columns: JSONColumns?

    init(_ members: [Member]) {
        self.members = members
        shape = JSONShape(members.map(\.key))
        let paths = members.compactMap { member in
            if case .path(.current, let path, _) = member.value { path } else { nil }
        }
        columns = shape.flatMap { JSONColumns(shape: $0, paths: paths) }
    }
}
