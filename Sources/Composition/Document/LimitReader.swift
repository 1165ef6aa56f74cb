public import Diagnostics
import JSONSlices

/// A limit that an endpoint is under: a policy of the settings, and what a request costs there.
public struct LimitUse: Sendable {
    public enum Cost: Hashable, Sendable {
        /// From 1 on.
        case fixed(Int)
        /// As many as requests are sent to backends for it, and 1 at the least.
        case calls
    }

    public var policy: String
    public var cost: Cost
    public var place: Diagnostic.Place
}

/// Reads `limits` of an endpoint: a name, an object with `policy` and `cost`, or a list of both.
struct LimitReader {
    static let keys = ["policy", "cost"]
    /// The most that one request may cost.
    static let costs = 1...1_000_000

    let file: SourceFile
    let diagnostics: DiagnosticList

    /// - Returns: empty where nothing is said.
    func read(_ holder: ObjectReader) -> [LimitUse] {
        guard let slice = holder["limits"] else { return [] }
        let elements = slice.kind == .array ? Array(slice.elements) : [slice]
        var uses: [LimitUse] = []
        for element in elements {
            guard let use = use(element, holder) else { continue }
            if uses.contains(where: { $0.policy == use.policy }) {
                diagnostics.error("the limit '\(use.policy)' stands twice", in: file, at: element, help: "keep one")
            } else {
                uses.append(use)
            }
        }
        return uses
    }

    private func use(_ element: JSONSlice, _ holder: ObjectReader) -> LimitUse? {
        let place = Diagnostic.Place(file: file, range: element.byteRange)
        if let name = element.string, !name.isEmpty { return LimitUse(policy: name, cost: .fixed(1), place: place) }
        guard element.kind == .object else {
            return holder.mismatch(
                "limits",
                element,
                wanted: "the name of one of the settings' 'rateLimits', an object with 'policy', or a list of them"
            )
        }
        guard
            let reader = ObjectReader(
                element,
                in: file,
                role: "the limit",
                known: Self.keys,
                diagnostics: diagnostics
            ), let name = reader.requiredString("policy"), let cost = cost(reader)
        else { return nil }
        return LimitUse(policy: name, cost: cost, place: place)
    }

    private func cost(_ reader: ObjectReader) -> LimitUse.Cost? {
        guard let slice = reader["cost"] else { return .fixed(1) }
        if slice.string == "calls" { return .calls }
        guard slice.kind == .number else {
            return reader.mismatch(
                "cost",
                slice,
                wanted: "a whole number from 1 on, or \"calls\" for the requests that are sent to backends"
            )
        }
        return reader.integer("cost", in: Self.costs).map { .fixed($0) }
    }
}
