import NIOCore
import NIOHTTP1
import Replay
import Testing

@testable import Gateway

/// Endpoints that pass requests on, over real sockets.
@Suite("Passing on")
struct ProxyTests {
    private static func proxy(
        _ endpoint: String = "ANY /old/{rest...}",
        path: String? = "/v1/{rest}",
        timeout: String = "5s",
        cache: String? = nil
    ) -> String {
        let path = path.map { #", "path": "\#($0)""# } ?? ""
        let response = cache.map { #", "response": {"cache": \#($0)}"# } ?? ""
        return
            #"{"endpoint": "\#(endpoint)", "proxy": {"backend": "shop"\#(path), "timeout": "\#(timeout)"}\#(response)}"#
    }

    private func serve(
        _ compositions: [String],
        _ fixtures: [String],
        _ body: (FrontTestClient, ReplayServers) async throws -> Void
    ) async throws {
        let named = Dictionary(uniqueKeysWithValues: fixtures.enumerated().map { ("shop/\($0.offset)", $0.element) })
        try await withGateway(compositions, fixtures: named) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            try await body(client, replay)
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("method, path, query, header fields and body reach the backend as they came, and its reply the client")
    func everything() async throws {
        let fixture = #"""
            {"request": {"method": "PUT", "path": "/v1/a%20b/c", "query": {"q": "1 2"}, "bodyText": "<x/>",
              "headers": {"content-type": "text/xml", "via": "1.1 medley", "x-tag": "t", "accept-encoding": "gzip"}},
             "response": {"status": 207, "bodyText": "<done/>",
               "headers": {"Content-Type": "text/xml; charset=utf-8", "Set-Cookie": ["a=1", "b=2"], "X-Own": "a, \"b\"",
                 "Keep-Alive": "timeout=5", "Date": "Tue, 15 Nov 1994 08:12:31 GMT"}}}
            """#
        try await serve([Self.proxy()], [fixture]) { client, _ in
            let reply = try await client.exchange(
                "PUT /old/a%20b/c?q=1%202 HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nX-Tag: t\r\n"
                    + "Accept-Encoding: gzip\r\nContent-Length: 4\r\n\r\n<x/>"
            )
            #expect(reply.status == 207)
            #expect(reply.body == "<done/>")
            #expect(reply.header("Content-Type") == "text/xml; charset=utf-8")
            #expect(reply.header("Date") == "Tue, 15 Nov 1994 08:12:31 GMT")
            #expect(reply.header("Via") == "1.1 medley")
            #expect(reply.header("X-Own") == #"a, "b""#)
            #expect(reply.header("Keep-Alive") == nil)
            #expect(reply.header("Cache-Status") == nil)
            #expect(reply.head.split(separator: "\r\n").filter { $0.hasPrefix("Set-Cookie:") }.count == 2)
        }
    }

    @Test("a body's coding is passed on, not undone; methods that are not in every list are too")
    func asItIs() async throws {
        let fixtures = [
            #"{"request": {"path": "/v1/a"}, "response": {"headers": {"Content-Encoding": "gzip"}, "bodyText": "no gzip"}}"#,
            #"{"request": {"method": "PROPFIND", "path": "/v1/a"}, "response": {"body": 2}}"#,
        ]
        try await serve([Self.proxy(cache: "\"60s\"")], fixtures) { client, _ in
            let reply = try await client.exchange("GET /old/a HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(reply.status == 200 && reply.body == "no gzip" && reply.header("Content-Encoding") == "gzip")
            let other = try await client.exchange("PROPFIND /old/a HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(other.status == 200 && other.body == "2")
            // The decoder's own name of it has no hyphen.
            #expect(HTTPMethod.MSEARCH.token == "M-SEARCH")
        }
    }

    @Test("endpoints that say more of a request win; the rest of the path may be nothing")
    func routes() async throws {
        let fixtures = [
            #"{"request": {"path": "/v1/"}, "response": {"body": "none"}}"#,
            #"{"request": {"path": "/v1/a/b"}, "response": {"body": "rest"}}"#,
            #"{"request": {"path": "/u"}, "response": {"body": "composed"}}"#,
        ]
        let composed = #"{"endpoint": "GET /old/u", "calls": {"u": {"backend": "shop", "path": "/u"}}}"#
        try await serve([Self.proxy(), composed], fixtures) { client, _ in
            for (path, body) in [("/old/", "none"), ("/old/a/b", "rest"), ("/old/u", "composed")] {
                let reply = try await client.exchange("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(reply.body == "\"\(body)\"", "\(path)")
            }
            let traced = try await client.exchange("TRACE /old/u HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(traced.status == 405)
            // An escape that hides a dot segment must not lead out of the proxy's part of the backend.
            let escaped = try await client.exchange("GET /old/%2e%2e/u HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(escaped.status == 400)
        }
    }

    @Test("HEAD has the length of the backend's GET", arguments: [nil, "\"60s\""])
    func head(cache: String?) async throws {
        let fixture = #"{"request": {"path": "/v1/a"}, "response": {"bodyText": "12345"}}"#
        try await serve([Self.proxy(cache: cache)], [fixture]) { client, _ in
            try await client.send("HEAD /old/a HTTP/1.1\r\nHost: a\r\n\r\n")
            let reply = try await client.reply(toHead: true)
            #expect(reply.status == 200)
            #expect(reply.header("Content-Length") == "5")
            #expect(try await client.exchange("GET /old/a HTTP/1.1\r\nHost: a\r\n\r\n").body == "12345")
        }
    }

    @Test(
        "a backend that fails is a problem that says which kind",
        arguments: [
            (#"{"fault": "reset"}"#, 502, "connection_terminated"),
            (#"{"fault": "timeout"}"#, 504, "http_response_timeout"),
            (#"{"fault": "malformed"}"#, 502, "http_protocol_error"),
            (#"{"delay": "4s", "body": [1, 2, 3]}"#, 504, "http_response_timeout"),
        ]
    )
    func failures(response: String, status: Int, reason: String) async throws {
        let fixture = #"{"request": {"path": "/v1/a"}, "response": \#(response)}"#
        try await serve([Self.proxy(timeout: "200ms")], [fixture]) { client, _ in
            let reply = try await client.exchange("GET /old/a HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(reply.status == status)
            #expect(reply.header("Content-Type") == "application/problem+json")
            #expect(reply.body.contains(#""reason":"\#(reason)""#), "\(reply.body)")
            #expect(!reply.body.contains("127.0.0.1") && !reply.body.contains("shop"))
        }
    }

    @Test("a body that breaks off is a 502, or where some of it has been sent, breaks off for the client")
    func truncated() async throws {
        let fixture = #"{"request": {"path": "/v1/a"}, "response": {"fault": "truncate", "body": [1, 2, 3]}}"#
        try await serve([Self.proxy()], [fixture]) { client, _ in
            try await client.send("GET /old/a HTTP/1.1\r\nHost: a\r\n\r\n")
            let text = try? await client.reply()
            if let text {
                #expect(text.status == 502)
                #expect(text.body.contains(#""reason":"http_response_incomplete""#))
            }
        }
        // With a cache it is held until it is whole.
        try await serve([Self.proxy(cache: "\"60s\"")], [fixture]) { client, _ in
            let reply = try await client.exchange("GET /old/a HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(reply.status == 502)
        }
    }

    @Test("a body may be longer than those that are held, as long as its route allows")
    func long() async throws {
        let limited = #"{"endpoint": "PUT /few", "proxy": {"backend": "shop", "maxRequestBody": 10}}"#
        let fixture = #"{"request": {"method": "PUT", "path": "/v1/a"}, "response": {"status": 204}}"#
        let length = 9 << 20
        try await serve([Self.proxy(), limited], [fixture]) { client, _ in
            try await client.send("PUT /old/a HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
            try await client.send([UInt8](repeating: 0x61, count: length))
            // The recorded backend takes less, and says so itself.
            let reply = try await client.reply()
            #expect(reply.status == 204 || reply.status >= 400 && reply.header("Via") == "1.1 medley", "\(reply.head)")
        }
        try await serve([Self.proxy(), limited], [fixture]) { client, _ in
            let reply = try await client.exchange("PUT /few HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n")
            #expect(reply.status == 413)
        }
        try await serve([Self.proxy(), limited], [fixture]) { client, _ in
            let reply = try await client.exchange(
                "PUT /few HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n"
            )
            #expect(reply.status == 413)
        }
    }

    @Test("the backend is told of the client, and what the client says of itself is not believed")
    func forwarded() async throws {
        let fixtures = [
            #"""
            {"request": {"path": "/v1/a", "headers": {"x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http",
              "x-forwarded-host": "shop.example"}}, "response": {"body": 1}}
            """#,
            #"""
            {"request": {"path": "/rfc", "headers": {"forwarded": "for=127.0.0.1;proto=http;host=\"shop.example\""}},
             "response": {"body": 2}}
            """#,
        ]
        let rfc = #"{"endpoint": "GET /rfc", "proxy": {"backend": "shop", "forwarded": "rfc7239"}}"#
        try await serve([Self.proxy(), rfc], fixtures) { client, _ in
            for (path, body) in [("/old/a", "1"), ("/rfc", "2")] {
                let reply = try await client.exchange(
                    "GET \(path) HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: 192.0.2.1\r\n"
                        + "X-Forwarded-Proto: https\r\nForwarded: for=192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\n\r\n"
                )
                #expect(reply.body == body, "\(path)")
            }
        }
    }

    @Test("a kept reply goes out again with its age; a client that has it gets a 304; a POST makes it stale")
    func cached() async throws {
        let fixtures = [
            #"""
            {"request": {"path": "/v1/a"}, "response": {"bodyText": "one",
             "headers": {"ETag": "\"7\"", "Cache-Control": "max-age=60", "Content-Type": "text/plain"}}}
            """#, #"{"request": {"method": "POST", "path": "/v1/a"}, "response": {"status": 204}}"#,
        ]
        try await serve([Self.proxy(cache: "\"origin\"")], fixtures) { client, replay in
            func get(_ headers: String = "") async throws -> FrontTestClient.Reply {
                try await client.exchange("GET /old/a HTTP/1.1\r\nHost: a\r\n\(headers)\r\n")
            }
            #expect(try await get().header("Cache-Status")?.contains("fwd=uri-miss") == true)
            let kept = try await get()
            #expect(kept.header("Cache-Status")?.contains("hit") == true)
            // Seconds may pass between the two where many tests run at once.
            #expect(kept.header("Age").flatMap { Int($0) }.map((0..<60).contains) == true)
            #expect(kept.body == "one" && kept.header("ETag") == "\"7\"")
            let same = try await get("If-None-Match: \"7\"\r\n")
            #expect(same.status == 304 && same.body.isEmpty)
            #expect(replay.counts(of: "shop")?.totalRequests == 1)
            // Credentials and cookies are part of the key; a range is not the cache's.
            _ = try await get("Cookie: s=1\r\n")
            _ = try await get("Range: bytes=0-1\r\n")
            #expect(replay.counts(of: "shop")?.totalRequests == 3)
            let posted = try await client.exchange(
                "POST /old/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
            )
            #expect(posted.status == 204)
            _ = try await get()
            #expect(replay.counts(of: "shop")?.totalRequests == 5)
        }
    }

    @Test(
        "who waits beside another gets its own answer, unless the other's may be used without asking",
        arguments: [
            // Larger than may be kept, and meant for one user.
            (#"{"Cache-Control": "private", "Set-Cookie": "session=a"}"#, #"{"maxEntry": "1KiB"}"#, 8),
            (#"{"Cache-Control": "max-age=60, no-store"}"#, #"{"maxEntry": "1KiB"}"#, 8),
            // To be validated before each use.
            (#"{"Cache-Control": "no-cache", "ETag": "\"a\""}"#, "\"origin\"", 8),
            (#"{"ETag": "\"a\""}"#, "\"origin\"", 8),
            (#"{"Cache-Control": "max-age=0", "ETag": "\"a\""}"#, "\"origin\"", 8),
            // Fresh: everybody's, also when it is too large to be kept.
            (#"{"Cache-Control": "max-age=60"}"#, #"{"maxEntry": "1KiB"}"#, 1),
        ]
    )
    func followers(headers: String, cache: String, requests: Int) async throws {
        let body = String(repeating: "x", count: 2_000)
        let fixture =
            #"{"request": {"path": "/v1/a"}, "response": {"headers": \#(headers), "bodyText": "\#(body)", "delay": "2s"}}"#
        try await withGateway([Self.proxy(cache: cache)], fixtures: ["shop/a": fixture]) { port, gateway, replay in
            try await withThrowingTaskGroup { group in
                for number in 0..<8 {
                    group.addTask {
                        let client = try FrontTestClient(port: port)
                        let text = "GET /old/a HTTP/1.1\r\nHost: a\r\nX-Api-Key: \(number)\r\n\r\n"
                        #expect(try await client.exchange(text).body == body)
                        client.disconnect()
                    }
                }
                try await group.waitForAll()
            }
            #expect(replay.counts(of: "shop")?.totalRequests == requests)
            _ = await gateway.stop()
        }
    }

    @Test("replies to other hosts and other renamed credentials are other replies")
    func keys() async throws {
        let proxy = #"""
            {"endpoint": "GET /old/{rest...}",
             "proxy": {"backend": "shop", "path": "/v1/{rest}", "requestHeaders": {"rename": {"X-Token": "X-Key"}}},
             "response": {"cache": "60s"}}
            """#
        func fixture(_ host: String, _ key: String, _ body: String) -> String {
            #"{"request": {"path": "/v1/a", "headers": {"x-forwarded-host": "\#(host)", "x-key": "\#(key)"}}, "response": {"body": "\#(body)"}}"#
        }
        let fixtures = [fixture("a", "1", "a1"), fixture("a", "2", "a2"), fixture("b", "1", "b1")]
        try await serve([proxy], fixtures) { client, _ in
            for (host, key) in [("a", "1"), ("a", "2"), ("b", "1"), ("a", "1")] {
                let reply = try await client.exchange("GET /old/a HTTP/1.1\r\nHost: \(host)\r\nX-Token: \(key)\r\n\r\n")
                #expect(reply.body == "\"\(host)\(key)\"")
            }
            let again = try await client.exchange("GET /old/a HTTP/1.1\r\nHost: a\r\nX-Token: 2\r\n\r\n")
            #expect(again.header("Cache-Status")?.contains("hit") == true)
        }
    }

    @Test("what the gateway says of a request, a client cannot say under a name that backends take for the same")
    func underscores() async throws {
        let proxy = #"""
            {"endpoint": "GET /old/{rest...}",
             "proxy": {"backend": "shop", "path": "/v1/{rest}",
               "requestHeaders": {"rename": {"X-Token": "X-Key"}, "remove": ["X-Admin"], "set": {"X-User": "u"}}}}
            """#
        let fixture = #"""
            {"request": {"path": "/v1/a", "headers": {"x-user": "u", "x-key": "k", "x_other": "o"}}, "response": {"body": 1}}
            """#
        try await serve([proxy], [fixture]) { client, replay in
            let reply = try await client.exchange(
                "GET /old/a HTTP/1.1\r\nHost: a\r\nX_User: admin\r\nX_Key: e\r\nX_Admin: 1\r\nX_Forwarded_For: 1.2.3.4\r\n"
                    + "X-Token: k\r\nX_Other: o\r\n\r\n"
            )
            #expect(reply.status == 200)
            let names = replay.allExchanges().flatMap { $0.headers.map { $0.name.lowercased() } }
            #expect(names.filter { $0.contains("_") } == ["x_other"])
        }
    }

    @Test("a cookie goes to the one who caused it, whatever the operator has kept of the rest")
    func cookies() async throws {
        let fixture = #"""
            {"request": {"path": "/v1/a"}, "response": {"headers": {"Set-Cookie": "session=1"}, "body": 1, "delay": "100ms"}}
            """#
        let proxy = Self.proxy(cache: #"{"maxAge": "60s", "override": true}"#)
        try await withGateway([proxy], fixtures: ["shop/a": fixture]) { port, gateway, replay in
            let given = try await withThrowingTaskGroup { group in
                for _ in 0..<6 {
                    group.addTask {
                        let client = try FrontTestClient(port: port)
                        defer { client.disconnect() }
                        let text = "GET /old/a HTTP/1.1\r\nHost: a\r\n\r\n"
                        let cookies = try await [client.exchange(text), client.exchange(text)].compactMap {
                            $0.header("Set-Cookie")
                        }
                        return cookies.count
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(given == 1)
            #expect(replay.counts(of: "shop")?.totalRequests == 1)
            _ = await gateway.stop()
        }
    }

    @Test("a stale answer stands in for a backend that is silent, where stale-if-error says so")
    func silentBackend() async throws {
        let proxy = Self.proxy(timeout: "200ms", cache: "\"origin\"")
        let good = #"""
            {"request": {"path": "/v1/a", "headers": {"x-good": "1"}}, "response": {"body": 1,
             "headers": {"Cache-Control": "max-age=0, stale-if-error=60"}}}
            """#
        let silent = #"{"request": {"path": "/v1/a"}, "response": {"fault": "timeout"}}"#
        try await serve([proxy], [good, silent]) { client, _ in
            let first = try await client.exchange("GET /old/a HTTP/1.1\r\nHost: a\r\nX-Good: 1\r\n\r\n")
            #expect(first.status == 200)
            let second = try await client.exchange("GET /old/a HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(second.status == 200 && second.body == "1")
            #expect(second.header("Cache-Status")?.contains("fwd=stale") == true)
        }
    }

    @Test(
        "a dot segment that only the backend would see is refused",
        arguments: [
            "/old/..;/x", "/old/..;a=b/x", "/old/..%2fx", "/old/a%2f..%2fx", "/old/..\\x", "/old/..%5cx", "/old/.;/x",
            "/old/%2e%2e;/x", "/old/a%2F%2e%2E%5cx", "/old/%252e%252e/x", "/old/%25252e./x", "/old/a%252f..%252fx",
            "/old/%c0%ae%c0%ae/x", "/old/%e0%80%ae./x", "/old/%25c0%25ae./x",
        ]
    )
    func climbing(path: String) {
        #expect(RoutePath.mayClimb(path))
    }

    @Test(
        "other paths are not",
        arguments: [
            "/old/a..b", "/old/...", "/old/a;..", "/old/a%2fb", "/old/", "/old/a;b=..", "/old/%25", "/old/100%25..",
            "/old/%c3%a9",
        ]
    )
    func notClimbing(path: String) {
        #expect(!RoutePath.mayClimb(path))
    }

    @Test("the length of a HEAD is the backend's, or none where it has none")
    func headLength() {
        func head(_ length: HeadLength) -> String {
            var reply = FrontReply(status: 200, body: Array("abc".utf8))
            reply.headLength = length
            let context = ReplyEncoder.Context(
                isHead: true,
                isLast: false,
                isHTTP10: false,
                requestID: "r",
                dateLine: []
            )
            return String(buffer: ReplyEncoder.encode(reply, context: context, allocator: .init()).message)
        }
        #expect(head(.ofBody).contains("Content-Length: 3\r\n"))
        #expect(head(.known(7)).contains("Content-Length: 7\r\n"))
        #expect(!head(.unknown).contains("Content-Length"))
    }

    @Test("a client that leaves takes its request with it", .timeLimit(.minutes(1)))
    func cancellation() async throws {
        let fixture = #"{"request": {"path": "/v1/a"}, "response": {"fault": "timeout"}}"#
        let proxy = Self.proxy(timeout: "10m")
        try await withGateway([proxy], fixtures: ["shop/a": fixture]) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            try await client.send("GET /old/a HTTP/1.1\r\nHost: a\r\n\r\n")
            try await replay.waitUntil("shop") { $0.totalRequests == 1 }
            client.disconnect()
            // The backend sees its connection closed, long before the timeout.
            try await replay.waitUntil("shop") { $0.openConnections == 0 }
            _ = await gateway.stop()
        }
    }
}
