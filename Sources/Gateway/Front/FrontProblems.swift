import NIOHTTP1

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

    /// What the decoder could not read. Its error for all that is too long is told apart by the length of the line.
    static func undecodable(_ error: HTTPParserError, requestLineBytes: Int, limits: FrontLimits) -> Problem {
        switch error {
        case .headerOverflow:
            requestLineBytes > limits.maxTargetBytes
                ? targetTooLong(limit: limits.maxTargetBytes) : headersTooLarge(limits: limits)
        case .invalidVersion, .paused:
            unsupportedVersion
        case .invalidMethod:
            badRequest("The request line does not begin with a known method.")
        case .invalidURL:
            badRequest("The request target is not valid.")
        case .invalidHeaderToken, .lfExpected:
            badRequest("A header field is not valid.")
        case .invalidContentLength, .unexpectedContentLength:
            badRequest("Content-Length is not valid here.")
        case .invalidChunkSize:
            badRequest("A chunk of the body is not valid.")
        default:
            badRequest("This is not a valid HTTP/1.1 request.")
        }
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
