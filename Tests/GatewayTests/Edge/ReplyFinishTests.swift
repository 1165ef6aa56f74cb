import JSONSlices
import NIOHTTP1
import Testing

@testable import Gateway

@Suite("Edge: what is done to a reply")
struct ReplyFinishTests {
    private static let long = Array(String(repeating: "{\"a\":1},", count: 500).utf8)

    private func finished(
        _ reply: FrontReply,
        _ settings: EdgeSettings,
        _ fields: [(String, String)] = [],
        isSecure: Bool = false,
        isHead: Bool = false
    ) -> FrontReply {
        EdgePolicy(settings).finish(for: HTTPHeaders(fields), isSecure: isSecure, isHead: isHead)(reply)
    }

    private func json(
        status: Int = 200,
        _ headers: [(String, String)] = [],
        body: [UInt8] = long,
        type: String = "application/json"
    ) -> FrontReply {
        FrontReply(status: status, headers: [("Content-Type", type)] + headers, body: body)
    }

    private static var compressing: EdgeSettings {
        var settings = EdgeSettings()
        settings.compression = CompressionRules()
        return settings
    }

    private static let gzip = [("Accept-Encoding", "gzip")]

    // MARK: Compression

    @Test("a long text is compressed: its tag gets weak, and caches learn what it depends on")
    func compressed() throws {
        let reply = finished(
            json([("ETag", "\"x\""), ("Accept-Ranges", "bytes"), ("Vary", "Accept"), ("Repr-Digest", "sha-256=:AA=:")]),
            Self.compressing,
            Self.gzip
        )
        #expect(reply.value(of: "content-encoding") == "gzip")
        #expect(reply.value(of: "etag") == "W/\"x\"")
        #expect(reply.headers.filter { $0.0 == "Vary" }.map(\.1) == ["Accept", "Accept-Encoding"])
        #expect(!reply.has("accept-ranges"))
        #expect(!reply.has("repr-digest"))
        #expect(Decoder.decode(reply.body.bytes, .gzip, size: Self.long.count) == Self.long)
    }

    @Test("a client that accepts nothing of it gets the body as it is, and caches learn that others might not")
    func uncompressed() {
        let reply = finished(json([("ETag", "\"x\"")]), Self.compressing)
        #expect(!reply.has("content-encoding"))
        #expect(reply.value(of: "vary") == "Accept-Encoding")
        #expect(reply.value(of: "etag") == "\"x\"")
        #expect(reply.body.bytes == Self.long)
    }

    @Test(
        "what may not be compressed, or would gain nothing, stays as it is",
        arguments: [
            (200, "application/json", [], 1023), (200, "image/png", [], 4000), (200, "text/event-stream", [], 4000),
            (200, "application/json", [("Cache-Control", "max-age=1, No-Transform")], 4000),
            (200, "application/json", [("content-encoding", "br")], 4000), (206, "application/json", [], 4000),
            (200, "application/json", [("Content-Range", "bytes 0-1/2")], 4000), (204, "application/json", [], 0),
        ] as [(Int, String, [(String, String)], Int)]
    )
    func exempt(status: Int, type: String, headers: [(String, String)], count: Int) {
        let reply = json(status: status, headers, body: [UInt8](repeating: 0x20, count: count), type: type)
        let sent = finished(reply, Self.compressing, Self.gzip)
        #expect(sent.body.bytes == reply.body.bytes)
        #expect(sent.headers.map(\.0) == reply.headers.map(\.0))
        #expect(sent.headers.map(\.1) == reply.headers.map(\.1))
    }

    @Test(
        "media types are told by their essence",
        arguments: [
            ("application/json; charset=utf-8", true), ("Application/JSON", true), ("application/problem+json", true),
            ("text/html;charset=x", true), ("image/svg+xml", true), ("image/png", false), ("application/zip", false),
            ("textual/x", false), ("", false),
        ]
    )
    func types(type: String, isIn: Bool) {
        #expect(TypeList.standard.contains(type) == isIn)
    }

    @Test("problems are compressed as replies are")
    func problems() {
        let sent = finished(json(status: 422, type: "application/problem+json"), Self.compressing, Self.gzip)
        #expect(sent.value(of: "content-encoding") == "gzip")
    }

    @Test("a client that refuses the body as it is gets even a short one coded, if that is smaller")
    func identityRefused() {
        let short = [UInt8](repeating: 0x20, count: 200)
        let fields = [("Accept-Encoding", "gzip, identity;q=0")]
        #expect(finished(json(body: short), Self.compressing, fields).value(of: "content-encoding") == "gzip")
        let nothing = [("Accept-Encoding", "identity;q=0")]
        #expect(finished(json(), Self.compressing, nothing).body.bytes == Self.long)
    }

    @Test("HEAD is told what GET would be, with the length of the coded body where that is known")
    func head() {
        let own = finished(json([("ETag", "\"x\"")]), Self.compressing, Self.gzip, isHead: true)
        let get = finished(json([("ETag", "\"x\"")]), Self.compressing, Self.gzip)
        #expect(own.headers.map(\.1) == get.headers.map(\.1))
        #expect(own.body.count == get.body.count)
        var passed = json([("ETag", "\"x\"")], body: [])
        passed.headLength = .known(4000)
        let sent = finished(passed, Self.compressing, Self.gzip, isHead: true)
        #expect(sent.headers.map(\.1) == get.headers.map(\.1))
        #expect(sent.headLength == .unknown)
        passed.headLength = .known(100)
        #expect(finished(passed, Self.compressing, Self.gzip, isHead: true).headLength == .known(100))
        passed.headLength = .unknown
        let unknown = finished(passed, Self.compressing, Self.gzip, isHead: true)
        #expect(!unknown.has("content-encoding"))
        #expect(unknown.value(of: "vary") == "Accept-Encoding")
    }

    @Test("a 304 has the tag of the form that the client holds")
    func notModified() {
        let reply = FrontReply(status: 304, headers: [("ETag", "\"x\"")])
        func tag(_ held: String) -> String? {
            let fields = [("Accept-Encoding", "gzip"), ("If-None-Match", held)]
            return finished(reply, Self.compressing, fields).value(of: "etag")
        }
        #expect(tag("W/\"x\"") == "W/\"x\"")
        #expect(tag("\"y\", W/\"x\"") == "W/\"x\"")
        #expect(tag("\"x\"") == "\"x\"")
        #expect(tag("*") == "\"x\"")
    }

    @Test("a kept reply is compressed once for each coding, and another body with its tag is never taken for it")
    func kept() {
        let policy = EdgePolicy(Self.compressing)
        func send(_ body: [UInt8], _ coding: String) -> FrontReply {
            var reply = json([("ETag", "\"x\"")], body: body)
            reply.isKept = true
            return policy.finish(for: ["Accept-Encoding": coding], isSecure: false, isHead: false)(reply)
        }
        let first = send(Self.long, "gzip")
        #expect(policy.bodies.count == 1)
        #expect(send(Self.long, "gzip").body.bytes == first.body.bytes)
        #expect(policy.bodies.count == 1)
        _ = send(Self.long, "zstd")
        #expect(policy.bodies.count == 2)
        var other = Self.long
        other[1] = UInt8(ascii: "x")
        #expect(Decoder.decode(send(other, "gzip").body.bytes, .gzip, size: other.count) == other)
        #expect(policy.bodies.count == 2)
        #expect(Decoder.decode(send(Self.long, "gzip").body.bytes, .gzip, size: other.count) == Self.long)
    }

    @Test("a long kept body is to be compressed elsewhere, once")
    func long() {
        let policy = EdgePolicy(Self.compressing)
        let finish = policy.finish(for: ["Accept-Encoding": "gzip"], isSecure: false, isHead: false)
        var reply = json([("ETag", "\"x\"")], body: [UInt8](repeating: 0x20, count: 100_000))
        reply.isKept = true
        #expect(finish.takesLong(reply))
        _ = finish(reply)
        #expect(!finish.takesLong(reply))
        let identity = policy.finish(for: [:], isSecure: false, isHead: false)
        #expect(!identity.takesLong(reply))
        #expect(!finish.takesLong(json()))
    }

    @Test("compressed forms have room for so much, and the oldest go first")
    func room() {
        let bodies = EncodedBodies(capacity: 4000)
        func key(_ name: Int) -> EncodedBodies.Key { .init(tag: "\(name)", count: 700, coding: .gzip) }
        let body = [UInt8](repeating: 1, count: 700)
        for name in 0..<20_000 {
            bodies.keep([1, 2], for: key(name), body)
            if bodies.bytes > 4000 { Issue.record("\(bodies.bytes) bytes") }
        }
        #expect(bodies.count == 5)
        #expect(bodies.find(key(19_999), body) == .some([1, 2]))
        #expect(bodies.find(key(19_994), body) == nil)
        bodies.keep([1], for: key(-1), [UInt8](repeating: 1, count: 1001))
        #expect(bodies.count == 5)
    }

    // MARK: Headers

    @Test("security headers stand beside the reply's own, HSTS only where the connection is encrypted")
    func security() {
        var settings = EdgeSettings()
        settings.headers.security = ReplyHeaderRules.sane
        let plain = finished(json(), settings)
        #expect(plain.value(of: "x-content-type-options") == "nosniff")
        #expect(plain.value(of: "referrer-policy") == "no-referrer")
        #expect(plain.value(of: "content-security-policy") == "default-src 'none'; frame-ancestors 'none'")
        #expect(!plain.has("strict-transport-security"))
        let secure = finished(json([("referrer-policy", "origin")]), settings, isSecure: true)
        #expect(secure.value(of: "strict-transport-security") == "max-age=31536000")
        #expect(secure.value(of: "referrer-policy") == "origin")
        #expect(!finished(json(type: "text/html"), settings).has("content-security-policy"))
        #expect(finished(json(type: "application/problem+json"), settings).has("content-security-policy"))
    }

    @Test("headers are taken away and set, whatever their case")
    func fixed() {
        var settings = EdgeSettings()
        settings.headers.removed = ["x-powered-by"]
        settings.headers.set = [.init(name: "X-Served-By", value: "edge")]
        let sent = finished(json([("X-POWERED-BY", "PHP"), ("x-served-by", "a"), ("X-Other", "b")]), settings)
        #expect(sent.headers.map(\.0) == ["Content-Type", "X-Other", "X-Served-By"])
        #expect(sent.value(of: "x-served-by") == "edge")
    }

    // MARK: CORS

    private func cors(_ origins: [String], credentials: Bool = false) -> EdgeSettings {
        var list = OriginList()
        for origin in origins {
            let isAdded = list.add(origin)
            #expect(isAdded)
        }
        var settings = EdgeSettings()
        settings.cors = CORSRules(origins: list)
        settings.cors?.allowsCredentials = credentials
        settings.cors?.exposedHeaders = ["X-Request-Id"]
        return settings
    }

    @Test("a script of an origin that is allowed may read the reply, another may not, and caches tell them apart")
    func origins() {
        let settings = cors(["https://app.example.com"], credentials: true)
        let backend = json([("access-control-allow-origin", "*"), ("Access-Control-Allow-Methods", "GET")])
        let allowed = finished(backend, settings, [("Origin", "https://app.example.com")])
        let fields = allowed.headers.map { "\($0.0): \($0.1)" }
        #expect(
            fields == [
                "Content-Type: application/json", "Vary: Origin",
                "Access-Control-Allow-Origin: https://app.example.com", "Access-Control-Allow-Credentials: true",
                "Access-Control-Expose-Headers: X-Request-Id",
            ]
        )
        for origin in [[("Origin", "https://evil.example")], []] {
            let other = finished(backend, settings, origin)
            #expect(other.headers.map { "\($0.0): \($0.1)" } == ["Content-Type: application/json", "Vary: Origin"])
        }
    }

    @Test("a reply for everybody is the same for everybody")
    func any() {
        for origin in [[("Origin", "https://a.example")], []] {
            let reply = finished(json(), cors(["*"]), origin)
            #expect(reply.value(of: "access-control-allow-origin") == "*")
            #expect(!reply.has("vary"))
        }
    }

    @Test("Vary says what it has to once")
    func vary() {
        for (value, isAdded) in [
            ("Origin", false), ("accept, ORIGIN", false), ("*", false), ("X-Origin", true), ("", true),
        ] {
            var reply = json([("vary", value)])
            reply.addVary("Origin")
            #expect(reply.headers.count == (isAdded ? 3 : 2), "\(value)")
        }
    }

    @Test(
        "origins are matched whole",
        arguments: [
            ("https://app.example.com", true), ("https://a.shops.example.com", true),
            ("https://a.b.shops.example.com", true),
            ("http://localhost:3000", true), ("https://shops.example.com", false),
            ("https://.shops.example.com", false),
            ("https://evilshops.example.com", false), ("http://a.shops.example.com", false),
            ("https://a.shops.example.com:8443", false), ("https://a.shops.example.com.evil.example", false),
            ("https://evil.example/.shops.example.com", false), ("https://evil.example?.shops.example.com", false),
            ("https://evil@a.shops.example.com", false), ("https://app.example.com:443", false),
            ("https://APP.example.com", false),
            ("null", false), ("", false), ("*", false), ("http://localhost:3001", false),
        ]
    )
    func matching(origin: String, isAllowed: Bool) {
        var list = OriginList()
        for text in ["https://app.example.com", "https://*.shops.example.com", "http://localhost:3000"] {
            let isAdded = list.add(text)
            #expect(isAdded)
        }
        #expect(list.contains(origin) == isAllowed)
    }

    @Test(
        "what no browser sends as an origin is refused in the settings",
        arguments: [
            "app.example.com", "https://", "https://app.example.com/", "https://app.example.com/a",
            "https://APP.example.com",
            "https://app.example.com:443", "http://app.example.com:80", "https://app.example.com:", "https://*",
            "https://*.",
            "https://*example.com", "https://a.*.example.com", "https://*.*.example.com", "null", "", "://a",
            "https://a b",
        ]
    )
    func malformedOrigins(text: String) {
        var list = OriginList()
        let isAdded = list.add(text)
        #expect(!isAdded)
    }
}
