import JSONSlices

/// What of a request an endpoint reads, as OpenAPI's parameters.
struct OpenAPIParameters {
    private(set) var list: [JSONValue] = []
    /// Whether the client's `Authorization` is read; OpenAPI has no parameter of that name.
    private(set) var readsAuthorization = false
    private(set) var needsAuthorization = false
    private var names: Set<String> = []

    /// - Parameter pathNames: by the plan's own name, what a parameter of the path is called in the document.
    init(of plan: Plan, pathNames: [String: String]) {
        var components = OpenAPIComponents(reserved: [])
        for parameter in plan.parameters {
            guard !parameter.isAuthorization else {
                readsAuthorization = true
                needsAuthorization = parameter.isRequired
                continue
            }
            let schema = components.schema(
                of: parameter.schema.undescribed,
                named: nil,
                default: parameter.defaultValue
            )
            add(
                parameter.location == .path ? pathNames[parameter.wireName] ?? parameter.wireName : parameter.wireName,
                in: parameter.location.rawValue,
                isRequired: parameter.isRequired,
                description: parameter.schema.description,
                schema: schema,
                // Fields of a cookie's list stand in one value, unlike OpenAPI's default.
                explode: parameter.location == .cookie && parameter.schema.isList ? false : nil
            )
        }
        addQuery(of: plan)
        for source in plan.slotSources {
            switch source {
            case .requestHeader("authorization"): readsAuthorization = true
            case .requestHeader(let name): addHeader(name, description: nil)
            case .requestLanguage:
                addHeader("Accept-Language", description: "The languages that the reply may be in, the best one first.")
            default: continue
            }
        }
        if plan.sendsEntityTag {
            addHeader(
                "If-None-Match",
                description: "The `ETag` of a reply that the client has: 304 where it still holds."
            )
        }
    }

    private mutating func addHeader(_ name: String, description: String?) {
        add(
            name,
            in: "header",
            isRequired: false,
            description: description,
            schema: .members(["type": .string("string")])
        )
    }

    /// Fields of the query that expressions read without a declaration; a repeated one is a list.
    private mutating func addQuery(of plan: Plan) {
        guard plan.slotSources.contains(.requestQuery) else { return }
        for use in plan.expressionUses {
            for name in use.queryNames {
                add(
                    name,
                    in: "query",
                    isRequired: false,
                    description: nil,
                    schema: .members(["type": .string("array"), "items": .members(["type": .string("string")])])
                )
            }
        }
    }

    private mutating func add(
        _ name: String,
        in location: String,
        isRequired: Bool,
        description: String?,
        schema: JSONValue,
        explode: Bool? = nil
    ) {
        let key = location == "header" ? name.lowercased() : name
        // What OpenAPI does not count among the parameters (3.1.1, section 4.8.12.2).
        guard location != "header" || !["accept", "content-type"].contains(key),
            names.insert("\(location) \(key)").inserted
        else { return }
        list.append(
            .members([
                "name": .string(name),
                "in": .string(location),
                "required": isRequired ? .bool(true) : nil,
                "description": description.map(JSONValue.string),
                "schema": schema,
                "explode": explode.map(JSONValue.bool),
            ])
        )
    }
}

extension ValueSchema {
    fileprivate var undescribed: ValueSchema {
        var schema = self
        schema.description = nil
        return schema
    }
}

extension Plan {
    /// Whether a reply that is a success carries an `ETag`.
    var sendsEntityTag: Bool {
        pattern.method == "GET" && replyStatuses.contains { $0.mayBeSuccessful && $0.hasContent }
    }
}
