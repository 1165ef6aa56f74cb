import NIOHTTP1

/// A request head that passed every check, reduced to what the connection needs to know.
struct CheckedHead: Sendable {
    var target: RequestTarget
    /// The client's own request id, when well-formed.
    var requestID: String?
    var host: String?
    /// Whether the client waits for `100 Continue` before it sends the body.
    var expectsContinue: Bool
    /// Whether the connection may serve another request afterwards.
    var keepAlive: Bool
    /// Whether the method is safe (RFC 9110, section 9.2.1), so that it may overlap with others of its connection.
    var isSafe: Bool
    /// Of the body, in bytes; nil for a chunked one.
    var bodyLength: Int? = 0

    /// Methods that change nothing by definition, and may therefore run beside each other.
    static func isSafe(_ method: HTTPMethod) -> Bool {
        switch method {
        case .GET, .HEAD, .OPTIONS, .TRACE: true
        default: false
        }
    }
}

extension HTTPMethod {
    /// The method as it is sent: `rawValue` lacks a hyphen.
    var token: String { self == .MSEARCH ? "M-SEARCH" : rawValue }
}

/// The rules for a request head beyond its grammar, which the decoder has checked by now.
///
/// Several repeat what today's decoder refuses already. They stay, because request smuggling lives in what two
/// parsers read differently, and a rule that is stated and tested here outlives the decoder's next version.
enum RequestHeadCheck {
    /// - Parameter limitsBody: false to leave a body that is announced as too long to the caller.
    static func check(
        _ head: HTTPRequestHead,
        limits: FrontLimits,
        limitsBody: Bool = true
    ) throws(Refusal) -> CheckedHead {
        guard head.version.major == 1 else { throw Refusal(.unsupportedVersion) }
        guard head.uri.utf8.count <= limits.maxTargetBytes else {
            throw Refusal(.targetTooLong(limit: limits.maxTargetBytes))
        }
        guard head.method != .CONNECT else { throw Refusal(.connectRefused) }
        let fields = try FramingFields(reading: head.headers, limits: limits)
        let target = try self.target(of: head)
        try checkHost(fields, version: head.version)
        let length = try bodyLength(fields, version: head.version, maxBytes: limitsBody ? limits.maxBodyBytes : .max)
        return CheckedHead(
            target: target,
            requestID: fields.requestID,
            host: target.authority ?? fields.host,
            expectsContinue: try expectsContinue(fields, version: head.version) && length != .some(0),
            // An upgrade is never accepted, but the decoder stops reading after a request that offers one.
            keepAlive: head.isKeepAlive && !fields.hasUpgrade,
            isSafe: CheckedHead.isSafe(head.method),
            bodyLength: length
        )
    }

    private static func target(of head: HTTPRequestHead) throws(Refusal) -> RequestTarget {
        do {
            return try RequestTarget(parsing: head.uri, method: head.method.token)
        } catch {
            switch error {
            case .invalidByte:
                throw Refusal(.badRequest("The request target has a byte that must be percent-encoded."))
            case .unsupportedForm:
                throw Refusal(.badRequest("The request target is neither a path nor an http URL."))
            }
        }
    }

    /// RFC 9112, section 3.2: exactly one valid `Host`, which only HTTP/1.0 may leave out.
    private static func checkHost(_ fields: FramingFields, version: HTTPVersion) throws(Refusal) {
        guard fields.hostCount <= 1 else { throw Refusal(.badRequest("There is more than one Host field.")) }
        guard let host = fields.host else {
            if version.minor == 0 { return }
            throw Refusal(.badRequest("The Host field is missing."))
        }
        guard RequestTarget.isAuthority(host) else { throw Refusal(.badRequest("The Host field is not valid.")) }
    }

    /// RFC 9112, section 6.3. Nil stands for a chunked body.
    private static func bodyLength(
        _ fields: FramingFields,
        version: HTTPVersion,
        maxBytes: Int
    ) throws(Refusal) -> Int? {
        if let coding = fields.transferEncoding {
            guard fields.contentLength == nil else {
                throw Refusal(.badRequest("Content-Length and Transfer-Encoding exclude each other."))
            }
            // RFC 9112, section 6.1: framing of such a message is faulty.
            guard version.minor > 0 else { throw Refusal(.badRequest("HTTP/1.0 has no Transfer-Encoding.")) }
            guard fields.transferEncodingCount == 1, coding.equalsASCII("chunked") else {
                throw Refusal(.unknownTransferCoding)
            }
            return nil
        }
        guard let text = fields.contentLength else { return 0 }
        guard fields.contentLengthCount == 1, !text.isEmpty,
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { throw Refusal(.badRequest("Content-Length is not one decimal number.")) }
        // Digits that overflow an Int are over every limit.
        guard let length = Int(text), length <= maxBytes else {
            throw Refusal(.bodyTooLarge(limit: maxBytes))
        }
        return length
    }

    /// RFC 9110, section 10.1.1.
    private static func expectsContinue(_ fields: FramingFields, version: HTTPVersion) throws(Refusal) -> Bool {
        guard let expectation = fields.expect, version.minor > 0 else { return false }
        guard expectation.equalsASCII("100-continue") else { throw Refusal(.unknownExpectation) }
        return true
    }

    /// A head that is answered by the front itself.
    struct Refusal: Error, Hashable {
        var problem: Problem

        init(_ problem: Problem) {
            self.problem = problem
        }
    }
}

/// The fields that decide about framing and limits, picked out in one pass.
private struct FramingFields {
    var host: String?
    var hostCount = 0
    var contentLength: String?
    var contentLengthCount = 0
    var transferEncoding: String?
    var transferEncodingCount = 0
    var expect: String?
    var requestID: String?
    var hasUpgrade = false

    init(reading headers: HTTPHeaders, limits: FrontLimits) throws(RequestHeadCheck.Refusal) {
        var bytes = 0
        var count = 0
        for (name, value) in headers {
            bytes += name.utf8.count + value.utf8.count
            count += 1
            pick(name, value)
        }
        guard bytes <= limits.maxHeaderBytes, count <= limits.maxHeaderFields else {
            throw RequestHeadCheck.Refusal(.headersTooLarge(limits: limits))
        }
    }

    private mutating func pick(_ name: String, _ value: String) {
        // Lengths first: most fields are none of these.
        switch name.utf8.count {
        case 4 where name.equalsASCII("host"):
            host = value
            hostCount += 1
        case 6 where name.equalsASCII("expect"):
            // Joined as in a list, so that a second expectation cannot hide behind one that can be met.
            expect = expect.map { "\($0), \(value)" } ?? value
        case 7 where name.equalsASCII("upgrade"):
            hasUpgrade = true
        case 12 where name.equalsASCII("x-request-id"):
            requestID = RequestID.isWellFormed(value) ? value : nil
        case 14 where name.equalsASCII("content-length"):
            contentLength = value
            contentLengthCount += 1
        case 17 where name.equalsASCII("transfer-encoding"):
            transferEncoding = value
            transferEncodingCount += 1
        default:
            break
        }
    }
}

extension StringProtocol {
    /// Whether this is `lowercased`, without regard to the case of ASCII letters.
    func equalsASCII(_ lowercased: StaticString) -> Bool {
        guard utf8.count == lowercased.utf8CodeUnitCount else { return false }
        return lowercased.withUTF8Buffer { other in
            zip(utf8, other).allSatisfy { byte, expected in
                let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                return (isUpper ? byte | 0x20 : byte) == expected
            }
        }
    }
}
