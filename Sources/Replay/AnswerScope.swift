import Diagnostics
import JMESPath
import JSONSlices

/// The names that the templates of an answer read: parts of the request.
struct AnswerScope: ExpressionScope {
    /// Of the placeholders in the fixture's path.
    let placeholders: [String]

    private static let names = ["path", "query", "headers", "body"]
    private static let querySlot = 0
    private static let headersSlot = 1
    private static let bodySlot = 2
    private static let firstPathSlot = 3

    func resolve(_ path: [String]) -> NameResolution {
        switch path[0] {
        case "path":
            return path.count > 1 ? placeholder(path[1]) : .namespace("name a placeholder: \(shownPlaceholder)")
        case "query": return .slot(Self.querySlot)
        case "headers": return .slot(Self.headersSlot)
        case "body": return .slot(Self.bodySlot)
        default:
            let help = suggestion(for: path[0], among: Self.names).map { "; \($0)" } ?? ""
            return .unknown(message: "a request has no '\(path[0])'\(help)")
        }
    }

    private var shownPlaceholder: String { "path.\(placeholders.first ?? "id")" }

    private func placeholder(_ name: String) -> NameResolution {
        if let index = placeholders.firstIndex(of: name) { return .slot(Self.firstPathSlot + index) }
        let help = suggestion(for: name, among: placeholders).map { "; \($0)" } ?? ""
        return .unknown(message: "the path has no placeholder '{\(name)}'\(help)")
    }

    /// The values of those slots that are read.
    static func values(of slots: Set<Int>, asked: AskedRequest, pattern: PathPattern) -> [JSONValue] {
        var values: [JSONValue] = [
            slots.contains(querySlot) ? query(of: asked) : .null,
            slots.contains(headersSlot) ? headers(of: asked) : .null,
            slots.contains(bodySlot) ? body(of: asked) : .null,
        ]
        if slots.contains(where: { $0 >= firstPathSlot }) {
            values += pattern.values(in: asked.path).map { .string($0) }
        }
        return values
    }

    /// An object of texts; a repeated parameter is a list.
    private static func query(of asked: AskedRequest) -> JSONValue {
        var names: [String] = []
        var values: [String: [JSONValue]] = [:]
        for (name, value) in asked.query {
            if values[name] == nil { names.append(name) }
            values[name, default: []].append(.string(PercentCoding.decodedText(value.utf8)))
        }
        return .object(
            JSONObject(
                members: names.map { name in
                    let values = values[name] ?? []
                    let value = values.count == 1 ? values[0] : .array(values)
                    return (PercentCoding.decodedText(name.utf8), value)
                }
            )
        )
    }

    /// An object of texts, names in lower case; several lines are joined.
    private static func headers(of asked: AskedRequest) -> JSONValue {
        var object = JSONObject()
        for (name, value) in asked.headers {
            let name = name.lowercased()
            object[name] = .string((object[name]?.string.map { "\($0), " } ?? "") + value)
        }
        return .object(object)
    }

    private static func body(of asked: AskedRequest) -> JSONValue {
        guard !asked.body.isEmpty,
            let document = try? JSONDocument(parsing: asked.body, limits: JSONLimits(maxDepth: 128))
        else { return .null }
        return .slice(document.root)
    }
}
