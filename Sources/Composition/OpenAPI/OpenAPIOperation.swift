import JMESPath
import JSONSlices

/// One endpoint as an operation of the document.
struct OpenAPIOperation {
    let plan: Plan
    let types: SlotTypes
    /// `getHomeByUserId`
    let id: String
    /// What its types begin with: `Home`.
    let name: String
    let pathNames: [String: String]
    /// The access policies that the document describes.
    let policies: Set<String>

    func value(_ components: inout OpenAPIComponents) -> JSONValue {
        let parameters = OpenAPIParameters(of: plan, pathNames: pathNames)
        let body = requestBody(&components)
        let responses = responses(&components)
        return .members([
            "operationId": .string(id),
            "summary": plan.summary.map(JSONValue.string),
            "parameters": .list(parameters.list),
            "requestBody": body,
            "responses": .map(responses),
            "security": accessSecurity
                ?? (parameters.readsAuthorization ? security(isRequired: parameters.needsAuthorization) : nil),
        ])
    }

    /// Any one of the policies, as far as the document says what they ask for.
    private var accessSecurity: JSONValue? {
        guard let access = plan.access else { return nil }
        let known = access.policies.map(\.name).filter(policies.contains)
        guard !known.isEmpty else { return nil }
        return .array(
            known.map { JSONValue.members([$0: .array([])]) } + (access.allowsAnonymous ? [.members([:])] : [])
        )
    }

    /// An empty requirement says that a request may do without.
    private func security(isRequired: Bool) -> JSONValue {
        let scheme = JSONValue.members([OpenAPIDocument.securityScheme: .array([])])
        return .array(isRequired ? [scheme] : [scheme, .members([:])])
    }

    private func requestBody(_ components: inout OpenAPIComponents) -> JSONValue? {
        guard plan.readsBody else { return nil }
        let schema = plan.requestBody.map { components.schema(of: $0, named: name + "Request") } ?? .members([:])
        let isRequired = plan.requestBody.map { !$0.acceptsNull } ?? false
        return .members([
            "required": isRequired ? .bool(true) : nil,
            "content": .members(["application/json": .members(["schema": schema])]),
        ])
    }

    // MARK: Replies

    private func responses(_ components: inout OpenAPIComponents) -> [(key: String, value: JSONValue)] {
        let replies = plan.replyStatuses
        let problems = ProblemStatuses(of: plan).descriptions
        let schema =
            replies.contains(where: \.hasContent)
            ? schema(of: plan.response.body, named: name + "Reply", &components) : .members([:])
        var responses = replies.map { key in
            (key.text, reply(key, schema, problem: problem(key, problems)))
        }
        if plan.sendsEntityTag, !replies.contains(.status(304)) {
            let fields = OpenAPIReplyHeaders(of: plan, for: .successful).ofNotModified
            responses.append(
                (
                    "304",
                    .members([
                        "description": .string("The reply is the one that the client has, by its `If-None-Match`."),
                        "headers": .map(fields),
                    ])
                )
            )
        }
        for (status, descriptions) in problems where !replies.contains(.status(status)) {
            responses.append((String(status), problemReply(status, descriptions)))
        }
        if !replies.contains(.others) { responses.append(("default", .reference("responses", ProblemSchema.name))) }
        return responses.sorted { $0.0 < $1.0 }.map { (key: $0.0, value: $0.1) }
    }

    /// What a problem with the key of a reply says; nil where there is none.
    private func problem(_ key: ResponseKey, _ problems: [Int: [String]]) -> String? {
        switch key {
        case .status(let status): problems[status]?.joined(separator: " ")
        case .successful: nil
        case .others: OpenAPIDocument.otherProblems
        }
    }

    private func reply(_ key: ResponseKey, _ schema: JSONValue, problem: String?) -> JSONValue {
        var content: [(key: String, value: JSONValue)] = []
        if key.hasContent { content.append((mediaType, .members(["schema": schema]))) }
        if problem != nil { content += ProblemSchema.content.objectMembers ?? [] }
        return .members([
            "description": .string(
                ["The reply.", problem.map { "Or: \($0)" }].compactMap(\.self).joined(separator: " ")
            ),
            "headers": .map(OpenAPIReplyHeaders(of: plan, for: key, isShared: problem != nil).fields),
            "content": .map(content),
        ])
    }

    private var mediaType: String {
        let header = plan.response.headers.first { $0.name.lowercased() == "content-type" }
        return header.map { $0.value.constant ?? "*/*" } ?? "application/json"
    }

    private func problemReply(_ status: Int, _ descriptions: [String]) -> JSONValue {
        let field: String? =
            switch status {
            case 401: "WWW-Authenticate"
            case 413, 429, 503: "Retry-After"
            default: nil
            }
        let text = JSONValue.members(["schema": .members(["type": .string("string")])])
        return .members([
            "description": .string(descriptions.joined(separator: " ")),
            "headers": field.flatMap { .map([($0, text)]) },
            "content": ProblemSchema.content,
        ])
    }

    // MARK: The body

    /// The schema of what a template stands for. Its objects keep the order of the file.
    private func schema(
        of template: JSONTemplate,
        named name: String,
        _ components: inout OpenAPIComponents
    ) -> JSONValue {
        guard case .object(let members) = template else {
            return components.schema(of: types.type(of: template, .response, in: nil), named: name)
        }
        let properties = members.map { member in
            let isMissing = member.isOptional && isNullable(member.value)
            return OpenAPIComponents.Property(
                name: member.key,
                isRequired: !isMissing,
                description: description(of: member.value)
            ) { components, name in
                guard case .text = member.value, member.isOptional else {
                    return schema(of: member.value, named: name, &components)
                }
                let type = types.type(of: member.value, .response, in: nil).withoutNull
                return components.schema(of: type, named: name)
            }
        }
        return components.object(properties, named: name)
    }

    private func isNullable(_ template: JSONTemplate) -> Bool {
        types.type(of: template, .response, in: nil).types.contains(.null)
    }

    /// Which fallbacks can stand in a value.
    private func description(of template: JSONTemplate) -> String? {
        guard case .text(let text, _) = template else { return nil }
        var names: [String] = []
        for slot in text.slots {
            guard case .call(let call) = plan.slotSources[slot], !plan.calls[call].isRequired else { continue }
            let name = "`\(plan.calls[call].name)`"
            if !names.contains(name) { names.append(name) }
        }
        guard !names.isEmpty else { return nil }
        return "A fallback, where `Medley-Partial` names \(names.joined(separator: " or "))."
    }
}
