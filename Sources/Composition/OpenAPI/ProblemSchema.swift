import JSONSlices

/// The schemas of problem documents: RFC 9457, and Medley's own members.
enum ProblemSchema {
    static let name = "Problem"

    static let components: [(key: String, value: JSONValue)] = [
        (
            name,
            object(
                required: ["type", "title", "status"],
                [
                    ("type", text("The kind of problem; `about:blank` says no more than the status.")),
                    ("title", text("The kind in a few words.")),
                    ("status", typed("integer", "The reply's status.")),
                    ("detail", text("What happened, for the client's developer.")),
                    ("parameter", text("The parameter that does not fit.")),
                    ("pointer", text("The first place of the body that does not fit, as a JSON Pointer.")),
                    ("errors", list(of: "ProblemError", "The places of the body that do not fit, ten at most.")),
                    ("call", text("The call whose failure the reply is about.")),
                    ("reason", text("Why it failed, in a word of RFC 9209 or one of Medley's own.")),
                    ("failures", list(of: "ProblemFailure", "Every call that failed.")),
                    ("member", text("The part of the reply that could not be made.")),
                    ("limit", typed("integer", "The limit that the request is over.")),
                    ("maxFields", typed("integer", "The most header fields.")),
                    ("maxBytes", typed("integer", "The most bytes of header fields.")),
                ]
            ).with("description", .string("What a client is told when it does not get what it asked for (RFC 9457)."))
        ),
        (
            "ProblemError",
            object(
                required: ["pointer", "detail"],
                [
                    ("pointer", text("A place of the body, as a JSON Pointer; empty for the whole.")),
                    ("detail", text("What is wrong there, to stand after its name.")),
                ]
            )
        ),
        (
            "ProblemFailure",
            object(
                required: ["call", "reason"],
                [("call", text("The call's name.")), ("reason", text("Why it failed."))]
            )
        ),
    ]

    /// The content of a problem.
    static let content = JSONValue.members([
        "application/problem+json": .members(["schema": .reference("schemas", name)])
    ])

    private static func object(required: [String], _ properties: [(key: String, value: JSONValue)]) -> JSONValue {
        .members([
            "type": .string("object"), "properties": .map(properties),
            "required": .list(required.map(JSONValue.string)),
        ])
    }

    private static func text(_ description: String) -> JSONValue { typed("string", description) }

    private static func typed(_ type: String, _ description: String) -> JSONValue {
        .members(["type": .string(type), "description": .string(description)])
    }

    private static func list(of name: String, _ description: String) -> JSONValue {
        typed("array", description).with("items", .reference("schemas", name))
    }
}
