import JSONSlices

/// A request that does not fit what its endpoint declares: the client's mistake.
enum RequestFailure: Error, Hashable, Sendable {
    /// A parameter, by its name in the request; what is wrong stands after it: "must be at least 1".
    case parameter(String, in: Parameter.Location, message: String)
    case query(String)
    case body(String)
    /// Places in the body that do not fit its schema, at least one.
    case mismatches([SchemaMismatch])
    /// A body in a media type that is not read here, or in a coding: what it is, and which field says so.
    case unsupported(String, Encoding)

    enum Encoding: Hashable, Sendable {
        case mediaType, contentCoding
    }

    /// What the client is told.
    var reply: EndpointReply {
        EndpointReply(status: problem.status, headers: headers, content: .problem(problem), failures: [])
    }

    /// What would have been understood (RFC 9110, section 15.5.16).
    private var headers: [(name: String, value: String)] {
        switch self {
        case .unsupported(_, .mediaType): [("Accept", "application/json")]
        case .unsupported(_, .contentCoding): [("Accept-Encoding", "identity")]
        case .parameter, .query, .body, .mismatches: []
        }
    }

    private var problem: EndpointProblem {
        switch self {
        case .parameter(let name, let location, let message):
            let role =
                switch location {
                case .path, .query: "parameter"
                case .header: "header"
                case .cookie: "cookie"
                }
            return EndpointProblem(
                status: 400,
                detail: "The \(role) '\(name)' \(message).",
                members: [("parameter", name)]
            )
        case .query(let message):
            return EndpointProblem(status: 400, detail: "The request's query \(message).", members: [])
        case .body(let message):
            return EndpointProblem(status: 400, detail: "The request's body \(message).", members: [])
        case .mismatches(let mismatches):
            let first = mismatches.first ?? SchemaMismatch(message: "does not fit")
            let place = first.pointer.isEmpty ? "The request's body" : "In the request's body \(first.pointer)"
            let atLeast = mismatches.count < SchemaCheck.mismatchLimit ? "" : "at least "
            let others = mismatches.count > 1 ? ", and \(atLeast)\(mismatches.count - 1) more" : ""
            var problem = EndpointProblem(
                status: 400,
                detail: "\(place) \(first.message)\(others).",
                members: [("pointer", first.pointer)]
            )
            problem.errors = mismatches.map { .init(pointer: $0.pointer, detail: $0.message) }
            return problem
        case .unsupported(let found, .mediaType):
            return EndpointProblem(
                status: 415,
                detail:
                    "The request's body has the media type '\(found.prefix(100))'; what is read here is application/json.",
                members: []
            )
        case .unsupported(let found, .contentCoding):
            return EndpointProblem(
                status: 415,
                detail: "The request's body has the content coding '\(found.prefix(100))'; what is read here has none.",
                members: []
            )
        }
    }
}
