import CHiredis

/// What Redis has answered, copied out of hiredis.
enum RedisReply: Hashable, Sendable {
    case null
    case integer(Int64)
    case bytes([UInt8])
    case status(String)
    case error(RedisErrorReply)
    case array([RedisReply])

    /// hiredis refuses deeper ones, and `CHiredis` larger ones.
    private static let maximumDepth = 8

    init(_ reply: OpaquePointer, depth: Int = 0) {
        switch medley_reply_type(reply) {
        case MEDLEY_REPLY_INTEGER: self = .integer(medley_reply_integer(reply))
        case MEDLEY_REPLY_STRING: self = .bytes(Self.bytes(reply))
        case MEDLEY_REPLY_STATUS: self = .status(String(decoding: Self.bytes(reply), as: UTF8.self))
        case MEDLEY_REPLY_ERROR: self = .error(RedisErrorReply(String(decoding: Self.bytes(reply), as: UTF8.self)))
        case MEDLEY_REPLY_ARRAY where depth < Self.maximumDepth:
            self = .array(
                (0..<medley_reply_count(reply)).map { index in
                    medley_reply_element(reply, index).map { RedisReply($0, depth: depth + 1) } ?? .null
                }
            )
        default: self = .null
        }
    }

    private static func bytes(_ reply: OpaquePointer) -> [UInt8] {
        var count = 0
        guard let start = medley_reply_bytes(reply, &count) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Digits, as a number that Redis keeps as a string is written.
    var number: UInt64? {
        switch self {
        case .integer(let value): UInt64(exactly: value)
        case .bytes(let bytes): String(validating: bytes, as: UTF8.self).flatMap { UInt64($0) }
        default: nil
        }
    }
}

/// An error that Redis has answered with.
public struct RedisErrorReply: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// The server is a replica that takes no writes: a failover is under way, or the address is wrong.
        case readOnly
        /// `maxmemory` is reached, and nothing may be evicted.
        case outOfMemory
        /// Writes are refused for another reason: the disk, too few replicas.
        case writesRefused
        /// The server has just begun, or a replica has lost its master.
        case loading
        case notAuthenticated
        case wrongPassword
        case noPermission
        /// The key is on another node of a Cluster.
        case moved
        /// The script is not known, or not any more.
        case noScript
        case other
    }

    public let kind: Kind
    /// As the server wrote it, shortened to 200 characters.
    public let message: String

    init(_ message: String) {
        self.message = String(message.prefix(200).filter { !$0.isNewline && $0 != "\0" })
        kind =
            switch message.prefix(while: { $0 != " " }) {
            case "READONLY": .readOnly
            case "OOM": .outOfMemory
            case "MISCONF", "NOREPLICAS": .writesRefused
            case "LOADING", "MASTERDOWN", "BUSY", "CLUSTERDOWN", "TRYAGAIN": .loading
            case "NOAUTH": .notAuthenticated
            case "WRONGPASS": .wrongPassword
            case "NOPERM": .noPermission
            case "MOVED", "ASK": .moved
            case "NOSCRIPT": .noScript
            default: Self.kind(ofOlder: message)
            }
    }

    /// What Redis before version 7 says of an error within a script, and before version 6 of a wrong password.
    private static func kind(ofOlder message: String) -> Kind {
        if message.hasPrefix("ERR invalid password") { return .wrongPassword }
        guard message.hasPrefix("ERR Error running script") else { return .other }
        return message.contains("-READONLY") ? .readOnly : message.contains("-OOM") ? .outOfMemory : .other
    }
}

/// Why Redis has not answered, or not with what was asked for.
public enum RedisFailure: Error, Hashable, Sendable {
    /// No answer within the deadline.
    case timeout
    /// Not asked: Redis has failed of late, and is asked again by one probe now and then.
    case breakerOpen
    /// Not asked: writes have been refused of late.
    case writesPaused
    /// Not asked: there is no connection yet, or it is being renewed.
    case notConnected
    /// Not asked: as many commands wait for their answers, or bytes to be sent, as may.
    case tooManyInFlight
    /// Could not connect, or the connection was cut.
    case connection(detail: String)
    /// What came is not Redis's protocol, or not what was asked for.
    case invalidReply(detail: String)
    /// The answer is larger than may be.
    case tooLarge
    case reply(RedisErrorReply)
    /// The tier was shut down, or is not attached to the loop.
    case closed
}

extension RedisFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .timeout: "no answer in time"
        case .breakerOpen: "not asked, since it has failed of late"
        case .writesPaused: "not written to, since it has refused writes of late"
        case .notConnected: "not connected"
        case .tooManyInFlight: "too many commands are under way"
        case .connection(let detail): "connection failed: \(detail)"
        case .invalidReply(let detail): "unusable answer: \(detail)"
        case .tooLarge: "the answer is too large"
        case .reply(let reply): "answered \(reply.message)"
        case .closed: "closed"
        }
    }
}
