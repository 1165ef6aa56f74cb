import Diagnostics
import JSONSlices

/// Reads who is asked: `backend`, or `split` and `sticky` in its place.
struct SplitReader {
    static let keys = ["backend", "split", "sticky"]
    /// The heaviest that one side can be.
    static let weights = 0...1_000_000
    static let maximumSides = 16

    let context: CompilationContext

    /// - Returns: nil where nobody is named, or not rightly. The backend of a split is its heaviest.
    func read(_ reader: ObjectReader) -> (backend: String, split: Split?)? {
        if let slice = reader["sticky"], reader["split"] == nil {
            context.error(
                "'sticky' says what a split goes by, and there is none",
                at: slice,
                help: "add \"split\": {\"v1\": 90, \"v2\": 10}, or take it away"
            )
        }
        guard let slice = reader["split"] else {
            guard reader["backend"] != nil else {
                reader.missing("backend", or: ["split"])
                return nil
            }
            return backend("backend", reader).map { ($0, nil) }
        }
        if let backend = reader["backend"] {
            context.error("'split' stands in the place of 'backend'", at: backend, help: "take one of the two away")
        }
        let sticky = reader["sticky"].flatMap(context.textTemplate)
        if let sticky, sticky.constant != nil, let slice = reader["sticky"] {
            context.error(
                "'sticky' is the same for all requests, so that all go to one side",
                at: slice,
                help: #"name something of the request, such as "{request.headers.\"x-device\"}""#
            )
        }
        guard let sides = sides(slice, reader) else { return nil }
        let split = Split(sides: sides, sticky: sticky)
        return (split.sides[split.heaviest].backend, split)
    }

    private func sides(_ slice: JSONSlice, _ reader: ObjectReader) -> [Split.Side]? {
        guard let map = reader.map("split") else { return nil }
        var sides: [Split.Side] = []
        for member in map.members {
            check(member.name, at: member.key)
            guard let weight = map.integer(member.name, in: Self.weights) else { return nil }
            sides.append(.init(backend: member.name, weight: weight))
        }
        guard (2...Self.maximumSides).contains(sides.count) else {
            context.error(
                "a split has from 2 to \(Self.maximumSides) backends, not \(sides.count)",
                at: slice,
                help: "such as {\"v1\": 90, \"v2\": 10}; for one alone say \"backend\""
            )
            return nil
        }
        guard sides.contains(where: { $0.weight > 0 }) else {
            context.error("all weights are 0, so that nobody is asked", at: slice, help: "give one of them a weight")
            return nil
        }
        return sides
    }

    /// The name of a backend that has to be there.
    func backend(_ key: String, _ reader: ObjectReader) -> String? {
        guard let name = reader.requiredString(key), let slice = reader[key] else { return nil }
        check(name, at: slice)
        return name
    }

    private func check(_ name: String, at slice: JSONSlice) {
        guard let known = context.backends, !known.contains(name) else { return }
        context.error("no backend is named '\(name)'", at: slice, help: suggestion(for: name, among: known.sorted()))
    }
}
