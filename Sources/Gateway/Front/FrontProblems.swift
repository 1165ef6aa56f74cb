/// What the front itself refuses. One place, so that the wording stays of a piece.
extension Problem {
    static func badRequest(_ detail: String) -> Problem {
        Problem(status: 400, type: type("malformed-request"), detail: detail)
    }

    static func targetTooLong(limit: Int) -> Problem {
        Problem(
            status: 414,
            type: type("target-too-long"),
            detail: "The request target is longer than \(limit) bytes.",
            extensions: [Member("limit", .int(limit))]
        )
    }

    static func headersTooLarge(limits: FrontLimits) -> Problem {
        Problem(
            status: 431,
            type: type("headers-too-large"),
            detail: """
                The header section has more than \(limits.maxHeaderFields) fields or \
                more than \(limits.maxHeaderBytes) bytes.
                """,
            extensions: [
                Member("maxFields", .int(limits.maxHeaderFields)), Member("maxBytes", .int(limits.maxHeaderBytes)),
            ]
        )
    }

    static func bodyTooLarge(limit: Int) -> Problem {
        Problem(
            status: 413,
            type: type("body-too-large"),
            detail: "The request body is longer than \(limit) bytes.",
            extensions: [Member("limit", .int(limit))]
        )
    }

    static let slowHeaders = Problem(
        status: 408,
        type: type("slow-request"),
        detail: "The header section did not arrive in time."
    )

    static let slowBody = Problem(
        status: 408,
        type: type("slow-request"),
        detail: "The request body did not arrive in time."
    )

    static let unknownExpectation = Problem(
        status: 417,
        type: type("unknown-expectation"),
        detail: "The only expectation that can be met is 100-continue."
    )

    static let connectRefused = Problem(
        status: 501,
        type: type("connect-refused"),
        detail: "This is a gateway, not a proxy: it opens no tunnels."
    )

    static let unknownTransferCoding = Problem(
        status: 501,
        type: type("unknown-transfer-coding"),
        detail: "The only transfer coding that is understood is chunked."
    )

    static let unsupportedVersion = Problem(
        status: 505,
        type: type("unsupported-version"),
        detail: "The versions of HTTP spoken here are 1.1 and 1.0."
    )
}
