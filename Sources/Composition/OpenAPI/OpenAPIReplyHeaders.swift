import CurlTransport
import JSONSlices

/// The header fields of a reply that is no problem.
struct OpenAPIReplyHeaders {
    private(set) var fields: [(key: String, value: JSONValue)] = []

    /// - Parameter isShared: whether a problem can have the same key: it has none of the composition's own fields.
    init(of plan: Plan, for key: ResponseKey, isShared: Bool = false) {
        for header in plan.response.headers where !HeaderValidation.equal(header.name, "content-type") {
            let isConstant = header.value.constant != nil
            add(header.name, description: nil, isRequired: isConstant && !isShared)
        }
        let optional = plan.calls.filter { !$0.isRequired }.map { "`\($0.name)`" }
        if !optional.isEmpty {
            add(
                "Medley-Partial",
                description:
                    "Each call whose fallback stands in the reply, of \(optional.joined(separator: ", ")), with "
                    + "the reason (a list of RFC 9651, reasons of RFC 9209). Absent where nothing is missing."
            )
        }
        if plan.sendsEntityTag, key.mayBeSuccessful, key.hasContent {
            add("ETag", description: "Tells this reply from others, for `If-None-Match`.", isRequired: key != .others)
        }
        if plan.cachesReplies {
            add("Cache-Control", description: "For how long the reply may be kept (RFC 9111).")
            add("Age", description: "Seconds that the reply was kept.", type: "integer")
            add("Cache-Status", description: "Whether the reply was kept (RFC 9211).")
            if !plan.headersRead.isEmpty {
                add("Vary", description: "The fields of the request that have a part in the reply.")
            }
        }
        if plan.serverTiming { add("Server-Timing", description: "The time of each call, in milliseconds.") }
    }

    /// Those that a 304 has, too (RFC 9110, section 15.4.5): about the reply that the client has, and how this one came to be.
    var ofNotModified: [(key: String, value: JSONValue)] {
        let kept = [
            "age", "cache-control", "cache-status", "content-location", "etag", "expires", "medley-partial",
            "server-timing", "set-cookie", "vary",
        ]
        return fields.filter { kept.contains($0.key.lowercased()) }
    }

    private mutating func add(
        _ name: String,
        description: String?,
        isRequired: Bool = false,
        type: String = "string"
    ) {
        guard !fields.contains(where: { HeaderValidation.equal($0.key, name) }) else { return }
        fields.append(
            (
                name,
                .members([
                    "description": description.map(JSONValue.string),
                    "required": isRequired ? .bool(true) : nil,
                    "schema": .members(["type": .string(type)]),
                ])
            )
        )
    }
}
