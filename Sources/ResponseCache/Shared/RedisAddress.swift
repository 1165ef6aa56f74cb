import CHiredis

/// Where Redis or Valkey is, and as whom to ask it:
///
/// - `redis://[[user]:password@]host[:port][/database]`
/// - `rediss://…`, the same over TLS
/// - `unix:///path[?db=database]`, or `unix://[user]:password@/path`
///
/// User and password may be percent-encoded. IPv6 addresses stand in brackets.
public struct RedisAddress: Hashable, Sendable {
    public enum Place: Hashable, Sendable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    public let place: Place
    public let usesTLS: Bool
    /// An ACL user. Nil: the default one.
    public let user: String?
    public let password: Secret?
    public let database: Int

    public static let defaultPort = 6379

    /// Whether the hiredis that Medley was built with can speak TLS.
    public static var hasTLS: Bool { medley_redis_has_tls() != 0 }

    /// Text that no description, dump or log shows.
    public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
        let text: String
        public var description: String { "***" }
        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// - Throws: a sentence for an operator, without the password.
    public init(_ text: String) throws(RedisAddressError) {
        try self.init(text, hasTLS: Self.hasTLS)
    }

    init(_ text: String, hasTLS: Bool) throws(RedisAddressError) {
        guard let end = text.firstRange(of: "://") else { throw .noScheme }
        let scheme = text[..<end.lowerBound].lowercased()
        guard ["redis", "rediss", "unix"].contains(scheme) else { throw .noScheme }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .notVisible }
        if scheme == "rediss" && !hasTLS { throw .noTLS }
        usesTLS = scheme == "rediss"

        let rest = text[end.upperBound...]
        let split = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<split]
        let host: Substring
        if let at = authority.lastIndex(of: "@") {
            (user, password) = try Self.credentials(authority[..<at])
            host = authority[authority.index(after: at)...]
        } else {
            (user, password) = (nil, nil)
            host = authority
        }
        if scheme == "unix" {
            guard host.isEmpty else { throw .relativePath }
            (place, database) = try Self.socket(rest[split...])
        } else {
            place = try Self.server(host)
            database = try Self.database(path: rest[split...])
        }
    }

    private static func credentials(_ text: Substring) throws(RedisAddressError) -> (String?, Secret?) {
        guard let colon = text.firstIndex(of: ":") else { throw .noPassword }
        guard let user = decoded(text[..<colon]), let password = decoded(text[text.index(after: colon)...]) else {
            throw .badEncoding
        }
        guard !password.isEmpty else { throw .noPassword }
        return (user.isEmpty ? nil : user, Secret(text: password))
    }

    private static func server(_ text: Substring) throws(RedisAddressError) -> Place {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { throw .badHost }
            host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":"), host.contains(":") else { throw .badHost }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard !host.isEmpty, host.utf8.count <= 253, !host.contains("%"),
            text.hasPrefix("[") || !host.contains(where: { "[]:@".contains($0) })
        else { throw .badHost }
        guard let port else { return .tcp(host: String(host), port: defaultPort) }
        guard let number = number(port), (1...65_535).contains(number) else { throw .badPort(String(port)) }
        return .tcp(host: String(host), port: number)
    }

    private static func database(path: Substring) throws(RedisAddressError) -> Int {
        guard !path.contains("?"), !path.contains("#") else { throw .query }
        let path = path.dropFirst()
        guard !path.isEmpty else { return 0 }
        guard let number = number(path) else { throw .badDatabase(String(path)) }
        return number
    }

    private static func socket(_ text: Substring) throws(RedisAddressError) -> (Place, Int) {
        let question = text.firstIndex(of: "?") ?? text.endIndex
        guard let path = decoded(text[..<question]) else { throw .badEncoding }
        guard path.utf8.count > 1, path.hasPrefix("/"), !path.utf8.contains(0) else { throw .relativePath }
        // What fits in `sockaddr_un`; hiredis would cut the rest off.
        guard path.utf8.count <= 107 else { throw .longPath }
        let query = text[question...].dropFirst()
        guard !query.isEmpty else { return (.unix(path: path), 0) }
        guard query.hasPrefix("db="), !query.contains("&") else { throw .query }
        let value = query.dropFirst(3)
        guard let number = number(value) else { throw .badDatabase(String(value)) }
        return (.unix(path: path), number)
    }

    /// One to five digits.
    private static func number(_ text: Substring) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }

    /// Percent-decoded (RFC 3986, section 2.1). Nil for what is not.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hex), let low = rest.popFirst().flatMap(hex) else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}

extension RedisAddress: CustomStringConvertible {
    /// For logs: without user and password.
    public var description: String {
        let suffix = database == 0 ? "" : "/\(database)"
        return switch place {
        case .tcp(let host, let port):
            "\(usesTLS ? "rediss" : "redis")://\(host.contains(":") ? "[\(host)]" : host):\(port)\(suffix)"
        case .unix(let path): "unix://\(path)\(database == 0 ? "" : "?db=\(database)")"
        }
    }
}

/// Why an address is none. Never shows more of it than the part that is wrong, and never the password.
public enum RedisAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    case noScheme, notVisible, noTLS, noPassword, badEncoding, badHost, relativePath, longPath, query
    case badPort(String)
    case badDatabase(String)

    public var description: String {
        switch self {
        case .noScheme: "an address of Redis begins with redis://, rediss:// or unix://, as redis://127.0.0.1:6379 does"
        case .notVisible:
            "an address of Redis has visible ASCII characters only; write others, and blanks, as %20 and the like"
        case .noTLS:
            """
            rediss:// needs a hiredis with TLS, which came with version 1.0; this Medley was built with an older one: build it \
            where <hiredis/hiredis_ssl.h> is installed, or let a local stunnel or Envoy speak TLS and use redis://
            """
        case .noPassword: "before the @ of an address of Redis stands user:password or :password"
        case .badEncoding:
            "a % in an address of Redis begins the code of a byte, as %40 does for @; write % itself as %25"
        case .badHost:
            """
            an address of Redis needs a host after ://, an IPv6 address in brackets; in a password write @ as %40 and / as \
            %2F
            """
        case .relativePath: "after unix:// stands the whole path of a socket, as in unix:///run/redis/redis.sock"
        case .longPath: "the path of a Unix socket has 107 bytes at the most"
        case .query:
            """
            an address of Redis has no query but ?db=N after the path of a Unix socket; elsewhere the database is the path, \
            as in /1
            """
        case .badPort(let text): "'\(text)' is no port: it is a number from 1 to 65535"
        case .badDatabase(let text): "'\(text)' is no number of a database, as 0 and 1 are"
        }
    }
}
