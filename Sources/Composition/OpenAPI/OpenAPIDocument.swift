import Diagnostics
import JMESPath
public import JSONSlices

/// The endpoints of a directory as clients see them: an OpenAPI 3.1 document.
///
/// What a reply looks like is inferred from its templates and from recorded answers of the backends; what neither tells
/// is `{}`, anything.
public struct OpenAPIDocument: Sendable {
    public struct Info: Sendable {
        public var title = "Medley"
        public var version = "1.0.0"
        /// The URLs that the gateway is reached by.
        public var servers: [String] = []
        /// How callers prove who they are, by the access policies' names, in the order of the settings.
        public var policies: [(name: String, scheme: SecurityScheme)] = []

        public init() {}
    }

    /// What an access policy asks for (OpenAPI 3.1, "Security Scheme Object").
    public enum SecurityScheme: Sendable {
        case apiKey(header: String)
        case token
        case password
        case certificate

        fileprivate var value: JSONValue {
            switch self {
            case .apiKey(let header):
                .members(["type": .string("apiKey"), "in": .string("header"), "name": .string(header)])
            case .token:
                .members(["type": .string("http"), "scheme": .string("bearer"), "bearerFormat": .string("JWT")])
            case .password: .members(["type": .string("http"), "scheme": .string("basic")])
            case .certificate: .members(["type": .string("mutualTLS")])
            }
        }
    }

    public let value: JSONValue

    static let securityScheme = "authorization"
    static let otherProblems =
        "Any other problem, as of a path that is not there or a request that is malformed or too large."

    /// - Parameters:
    ///   - directory: where the endpoints' files are: what stands behind it in a file's path names the endpoint's types.
    ///   - answers: recorded answers of the backends; nil where there are none.
    ///   - descriptions: what backends say of themselves.
    public init(
        of compositions: CompositionSet,
        in directory: String,
        answers: RecordedAnswers?,
        descriptions: BackendDescriptions = BackendDescriptions(),
        info: Info
    ) {
        var components = OpenAPIComponents(reserved: ProblemSchema.components)
        var operations = UniqueNames()
        var endpoints = UniqueNames()
        var paths = PathItems()
        var usedSchemes: Set<String> = []
        // One operation for a path and method: of the endpoint that asks nothing more, or of the first.
        let plans = compositions.plans.filter { $0.match == nil } + compositions.plans.filter { $0.match != nil }
        for plan in plans {
            let types = SlotTypes(of: plan, from: answers ?? RecordedAnswers([:]), descriptions)
            let place = paths.place(of: plan.pattern)
            guard !paths.has(method: plan.pattern.method.lowercased(), at: place.index) else { continue }
            let operation = OpenAPIOperation(
                plan: plan,
                types: types,
                id: operations.take(OpenAPINames.operation(plan.pattern)),
                name: endpoints.take(OpenAPINames.endpoint(plan.place.file.path, in: directory)),
                pathNames: place.names,
                policies: Set(info.policies.map(\.name))
            ).value(&components)
            let schemes =
                operation.member("security")?.arrayElements?.flatMap { $0.objectMembers ?? [] }.map(\.key) ?? []
            usedSchemes.formUnion(schemes)
            paths.add(operation, method: plan.pattern.method.lowercased(), at: place.index)
        }
        value = .members([
            "openapi": .string("3.1.0"),
            "info": .members(["title": .string(info.title), "version": .string(info.version)]),
            "servers": .list(info.servers.map { .members(["url": .string($0)]) }),
            "paths": paths.value,
            "components": .members([
                "schemas": .map(components.all),
                "responses": .members([
                    ProblemSchema.name: .members([
                        "description": .string(Self.otherProblems), "content": ProblemSchema.content,
                    ])
                ]),
                "securitySchemes": Self.securitySchemes(usedSchemes, info.policies),
            ]),
            "x-medley-proxies": .list(compositions.proxies.map(\.openAPI)),
        ])
    }

    /// Those that an operation names; nil for none.
    private static func securitySchemes(
        _ used: Set<String>,
        _ policies: [(name: String, scheme: SecurityScheme)]
    ) -> JSONValue? {
        var schemes = policies.filter { used.contains($0.name) }.map { (key: $0.name, value: $0.scheme.value) }
        if used.contains(securityScheme), !schemes.contains(where: { $0.key == securityScheme }) {
            schemes.append((securityScheme, passedOn))
        }
        return schemes.isEmpty ? nil : .map(schemes)
    }

    /// The gateway does not look into it.
    private static let passedOn = JSONValue.members([
        "type": .string("apiKey"), "in": .string("header"), "name": .string("Authorization"),
        "description": .string("Passed on to backends as the client sends it."),
    ])
}

/// The paths of the document. Those that differ in nothing but the names of their parameters are one.
private struct PathItems {
    private var items: [(path: String, names: [String], operations: [(key: String, value: JSONValue)])] = []
    private var indices: [String: Int] = [:]

    /// Where operations of a pattern stand, and by the pattern's own names of parameters those of the document.
    mutating func place(of pattern: EndpointPattern) -> (index: Int, names: [String: String]) {
        let shape = pattern.segments.map { $0.decodedLiteral.map { "=" + $0 } ?? "{}" }.joined(separator: "/")
        let index = indices[shape] ?? items.count
        if index == items.count {
            indices[shape] = index
            items.append((pattern.path, pattern.parameterNames, []))
        }
        let names = Dictionary(
            zip(pattern.parameterNames, items[index].names).map { ($0, $1) },
            uniquingKeysWith: { first, _ in first }
        )
        return (index, names)
    }

    func has(method: String, at index: Int) -> Bool {
        items[index].operations.contains { $0.key == method }
    }

    mutating func add(_ operation: JSONValue, method: String, at index: Int) {
        items[index].operations.append((method, operation))
    }

    var value: JSONValue {
        .object(JSONObject(members: items.map { ($0.path, .object(JSONObject(members: $0.operations))) }))
    }
}

extension ProxyPlan {
    /// OpenAPI has no path for any path, nor a method for any method.
    fileprivate var openAPI: JSONValue {
        .members([
            "endpoint": .string(name), "method": .string(pattern.method), "path": .string(pattern.path),
            "summary": summary.map(JSONValue.string),
            "backend": .string(backend),
            "description": .string(
                changes.sketches.isEmpty
                    ? "Passed on to the backend as it is: see the backend's own description."
                    : "Passed on to the backend, and changed on the way: \(changes.sketches.joined(separator: "; "))."
            ),
        ])
    }
}
