import Replay
import TestSupport
import Testing

@testable import Gateway

/// Caching through the whole gateway: what reaches the backends, and what clients are told.
@Suite("Caching")
struct CachingTests {
    private static let passOn =
        #"{"endpoint": "GET /a/{id}", "calls": {"u": {"backend": "users", "path": "/u/{id}", "cache": CACHE}}}"#

    private static func call(_ cache: String) -> String { passOn.replacing("CACHE", with: cache) }

    private static func whole(_ cache: String, call: String = "", headers: String = "{}") -> String {
        #"{"endpoint": "GET /a/{id}", "calls": {"u": {"backend": "users", "path": "/u/{id}"CALL}}, "#
            .replacing("CALL", with: call)
            + #""response": {"headers": \#(headers), "body": {"u": "{u}"}, "cache": \#(cache)}}"#
    }

    private static func fixture(_ headers: String = "{}", delay: String = "0ms", status: Int = 200) -> String {
        #"{"request": {"path": "/u/1"}, "response": {"status": \#(status), "headers": \#(headers), "#
            + #""body": {"n": 1}, "delay": "\#(delay)"}}"#
    }

    private static func get(_ client: FrontTestClient, _ headers: String = "", method: String = "GET") async throws
        -> FrontTestClient.Reply
    {
        try await client.exchange("\(method) /a/1 HTTP/1.1\r\nHost: a\r\n\(headers)\r\n")
    }

    @Test(
        "a call's answer is kept as the backend and the operator allow",
        arguments: [
            // RFC 9111, section 4.2.1
            ("\"origin\"", #"{"Cache-Control": "max-age=60"}"#, true),
            ("\"origin\"", "{}", false),
            ("\"60s\"", "{}", true),
            // section 5.2.2: the backend's word wins over a duration
            ("\"60s\"", #"{"Cache-Control": "no-store"}"#, false),
            ("\"60s\"", #"{"Cache-Control": "private"}"#, false),
            ("\"60s\"", #"{"Set-Cookie": "a=b"}"#, false),
            ("\"60s\"", #"{"Cache-Control": "no-cache"}"#, false),
            // unless the operator says otherwise
            (#"{"maxAge": "60s", "override": true}"#, #"{"Cache-Control": "no-store"}"#, true),
        ]
    )
    func keptCall(cache: String, headers: String, isKept: Bool) async throws {
        try await withGateway([Self.call(cache)], fixtures: ["users/u": Self.fixture(headers)]) {
            port,
            gateway,
            replay in
            let client = try FrontTestClient(port: port)
            for _ in 0..<3 { #expect(try await Self.get(client).body == #"{"n":1}"#) }
            #expect(replay.counts(of: "users")?.totalRequests == (isKept ? 1 : 3))
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    /// Endpoints that send the client's credentials on, with every way to cache and every word of a backend about it.
    private static let ofUsers: (compositions: [String], fixtures: [String: String], paths: [String]) = {
        let caches = [
            "\"origin\"", "\"60s\"", #"{"maxAge": "60s", "override": true}"#,
            #"{"maxAge": "1ms", "staleWhileRevalidate": "60s", "staleIfError": "60s", "override": true}"#,
        ]
        let words = ["{}", #"{"Cache-Control": "public, max-age=60"}"#, #"{"Cache-Control": "private, max-age=60"}"#]
        var compositions: [String] = []
        var fixtures: [String: String] = [:]
        var paths: [String] = []
        let token = #""parameters": {"token": {"in": "header", "name": "Authorization", "required": true}}"#
        let headers = #""headers": {"Authorization": "{token}"}"#
        for (number, cache) in caches.enumerated() {
            for (word, fields) in words.enumerated() {
                let name = "\(number)\(word)"
                for user in 0..<4 {
                    fixtures["users/\(name)-\(user)"] =
                        #"{"request": {"path": "/\#(name)", "headers": {"authorization": "u\#(user)"}}, "#
                        + #""response": {"headers": \#(fields), "body": \#(user)}}"#
                }
                compositions += [
                    #"{"endpoint": "GET /call/\#(name)", \#(token), "calls": {"u": {"backend": "users", "path": "/\#(name)", \#(headers), "cache": \#(cache)}}}"#,
                    #"{"endpoint": "GET /whole/\#(name)", \#(token), "calls": {"u": {"backend": "users", "path": "/\#(name)", \#(headers)}}, "response": {"body": "{u}", "cache": \#(cache)}}"#,
                    #"{"endpoint": "GET /both/\#(name)", \#(token), "calls": {"u": {"backend": "users", "path": "/\#(name)", \#(headers), "cache": \#(cache)}}, "response": {"body": "{u}", "cache": \#(cache)}}"#,
                    #"{"endpoint": "GET /proxy/\#(name)", "proxy": {"backend": "users", "path": "/\#(name)"}, "response": {"cache": \#(cache)}}"#,
                ]
                paths += ["call", "whole", "both", "proxy"].map { "/\($0)/\(name)" }
            }
        }
        return (compositions, fixtures, paths)
    }()

    @Test("whatever the settings, answers to one user's credentials are never another's, in 10,000 mixed requests")
    func users() async throws {
        let (compositions, fixtures, paths) = Self.ofUsers
        try await withGateway(compositions, fixtures: fixtures) { port, gateway, replay in
            try await withThrowingTaskGroup { group in
                for number in 0..<20 {
                    group.addTask {
                        var random = SeededGenerator(seed: UInt64(number))
                        let client = try FrontTestClient(port: port)
                        for _ in 0..<500 {
                            let user = Int.random(in: 0..<4, using: &random)
                            let path = try #require(paths.randomElement(using: &random))
                            let condition =
                                Int.random(in: 0..<8, using: &random) == 0 ? "Cache-Control: no-cache\r\n" : ""
                            let reply = try await client.exchange(
                                "GET \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: u\(user)\r\n\(condition)\r\n"
                            )
                            try #require(reply.status == 200 && reply.body == "\(user)", "\(path): \(reply)")
                            guard !path.hasPrefix("/proxy") else { continue }
                            // Nor is a cache behind to take it for everybody's without asking.
                            let told = reply.header("Cache-Control") ?? "no-cache"
                            try #require(["private", "no-store", "no-cache"].contains { told.contains($0) }, "\(told)")
                        }
                        client.disconnect()
                    }
                }
                try await group.waitForAll()
            }
            // The caches took part: many requests did not go on.
            #expect((replay.counts(of: "users")?.totalRequests ?? .max) < 7_500)
            _ = await gateway.stop()
        }
    }

    @Test(
        "equal requests at the same time cause one request to the backend",
        arguments: [call("\"60s\""), whole("\"60s\"")]
    )
    func singleFlight(composition: String) async throws {
        try await withGateway([composition], fixtures: ["users/u": Self.fixture(delay: "150ms")]) {
            port,
            gateway,
            replay in
            try await withThrowingTaskGroup { group in
                for _ in 0..<100 {
                    group.addTask {
                        let client = try FrontTestClient(port: port)
                        #expect(try await Self.get(client).status == 200)
                        client.disconnect()
                    }
                }
                try await group.waitForAll()
            }
            #expect(replay.counts(of: "users")?.totalRequests == 1)
            _ = await gateway.stop()
        }
    }

    @Test(
        "the first to come may leave: who waits with it gets the answer all the same",
        arguments: [call("\"60s\""), whole("\"60s\"")]
    )
    func leaderLeaves(composition: String) async throws {
        try await withGateway([composition], fixtures: ["users/u": Self.fixture(delay: "300ms")]) {
            port,
            gateway,
            replay in
            let first = try FrontTestClient(port: port)
            try await first.send("GET /a/1 HTTP/1.1\r\nHost: a\r\n\r\n")
            try await replay.waitUntil("users") { $0.totalRequests == 1 }
            let second = try FrontTestClient(port: port)
            try await second.send("GET /a/1 HTTP/1.1\r\nHost: a\r\n\r\n")
            // Its request is read when a later one on the same connection would be; the first leaves after that.
            let third = try FrontTestClient(port: port)
            #expect(try await third.exchange("GET /_medley/live HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
            first.disconnect()
            #expect(try await second.reply().status == 200)
            #expect(replay.counts(of: "users")?.totalRequests == 1)
            second.disconnect()
            third.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("a kept reply says its age and where it came from")
    func keptReply() async throws {
        try await withGateway([Self.whole("\"60s\"")], fixtures: ["users/u": Self.fixture()]) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            let first = try await Self.get(client)
            #expect(first.header("Cache-Status") == "Medley; fwd=uri-miss; ttl=60; stored")
            #expect(first.header("Cache-Control") == "max-age=60")
            #expect(first.header("Age") == nil)
            let second = try await Self.get(client)
            #expect(second.body == first.body)
            #expect(second.header("Cache-Status")?.hasPrefix("Medley; hit; ttl=") == true)
            #expect(second.header("Age").flatMap { Int($0) }.map { (0..<60).contains($0) } == true)
            #expect(second.header("ETag") == first.header("ETag"))
            // RFC 9111, section 5.2.1.4
            let third = try await Self.get(client, "Cache-Control: no-cache\r\n")
            #expect(third.header("Cache-Status") == "Medley; fwd=request; ttl=60; stored")
            #expect(replay.counts(of: "users")?.totalRequests == 2)
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("RFC 9111, section 5.2.1.7: only-if-cached gets 504 where nothing is kept")
    func onlyIfCached() async throws {
        try await withGateway([Self.whole("\"60s\"")], fixtures: ["users/u": Self.fixture()]) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            #expect(try await Self.get(client, "Cache-Control: only-if-cached\r\n").status == 504)
            #expect(replay.counts(of: "users")?.totalRequests == 0)
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("a reply never outlives its parts")
    func parts() async throws {
        try await withGateway(
            [Self.whole("\"60s\"")],
            fixtures: ["users/u": Self.fixture(#"{"Cache-Control": "max-age=10", "Age": "4"}"#)]
        ) { port, gateway, _ in
            let client = try FrontTestClient(port: port)
            let reply = try await Self.get(client)
            // Six seconds less what the request took, rounded down.
            let lifetime = reply.header("Cache-Control").flatMap { Int($0.dropFirst("max-age=".count)) } ?? 0
            #expect((1...5).contains(lifetime))
            #expect(reply.header("Cache-Status") == "Medley; fwd=uri-miss; ttl=\(lifetime); stored")
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test(
        "a reply of which a part may not be kept is not kept",
        arguments: [
            #"{"Cache-Control": "no-store"}"#, #"{"Cache-Control": "private, max-age=60"}"#, #"{"Set-Cookie": "a=b"}"#,
        ]
    )
    func unkeptParts(headers: String) async throws {
        try await withGateway([Self.whole("\"60s\"")], fixtures: ["users/u": Self.fixture(headers)]) {
            port,
            gateway,
            replay in
            let client = try FrontTestClient(port: port)
            for _ in 0..<2 { #expect(try await Self.get(client).header("Cache-Status") == "Medley; fwd=uri-miss") }
            #expect(replay.counts(of: "users")?.totalRequests == 2)
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("an unsafe request makes what is kept of whole replies for its path stale")
    func ownPath() async throws {
        let change = #"""
            {"endpoint": "PUT /a/{id}", "calls": {"u": {"backend": "users", "method": "PUT", "path": "/u/{id}"}}}
            """#
        let changed = #"{"request": {"method": "PUT", "path": "/u/1"}, "response": {"body": {}}}"#
        let fixtures = ["users/u": Self.fixture(), "users/changed": changed]
        try await withGateway([Self.whole("\"60s\""), change], fixtures: fixtures) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            for _ in 0..<2 { _ = try await Self.get(client) }
            #expect(replay.counts(of: "users")?.totalRequests == 1)
            let put = try await client.exchange("PUT /a/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            #expect(put.status == 200)
            _ = try await Self.get(client)
            #expect(replay.counts(of: "users")?.totalRequests == 3)
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("Server-Timing tells which calls were answered by what is kept")
    func serverTiming() async throws {
        let composition = #"""
            {"endpoint": "GET /a/{id}", "serverTiming": true, "calls": {
              "kept": {"backend": "users", "path": "/u/{id}", "cache": "60s"}, "asked": {"backend": "users", "path": "/u/{id}"}},
             "response": {"body": ["{kept}", "{asked}"]}}
            """#
        try await withGateway([composition], fixtures: ["users/u": Self.fixture()]) { port, gateway, _ in
            let client = try FrontTestClient(port: port)
            let first = try #require(try await Self.get(client).header("Server-Timing"))
            #expect(first.hasPrefix("kept;dur=") && first.contains("asked;dur="))
            let second = try #require(try await Self.get(client).header("Server-Timing"))
            #expect(second.hasPrefix("kept;desc=hit;dur=") && second.contains("asked;dur="))
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("a partial reply is not kept")
    func partial() async throws {
        try await withGateway(
            [Self.whole("\"60s\"", call: #", "fallback": null"#)],
            fixtures: ["users/u": Self.fixture(status: 500)]
        ) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            for _ in 0..<2 {
                let reply = try await Self.get(client)
                #expect(reply.header("Medley-Partial") == "u;reason=upstream_status")
                #expect(reply.header("Cache-Control") == "no-store")
            }
            #expect(replay.counts(of: "users")?.totalRequests == 2)
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("RFC 5861, section 4: a stale answer stands in for a backend that is gone, where it says so")
    func staleIfError() async throws {
        try await withGateway(
            [Self.call("\"origin\"")],
            fixtures: ["users/u": Self.fixture(#"{"Cache-Control": "max-age=0, stale-if-error=600"}"#)]
        ) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            let first = try await Self.get(client)
            await replay.shutdown()
            let second = try await Self.get(client)
            #expect(second.status == 200)
            #expect(second.body == first.body)
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("RFC 5861, section 3: a stale answer is served at once, and fetched anew once")
    func staleWhileRevalidate() async throws {
        try await withGateway(
            [Self.call("\"origin\"")],
            fixtures: ["users/u": Self.fixture(#"{"Cache-Control": "max-age=0, stale-while-revalidate=600"}"#)]
        ) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            _ = try await Self.get(client)
            #expect(try await Self.get(client).status == 200)
            try await replay.waitUntil("users") { $0.totalRequests == 2 }
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("every composed reply to a GET has a strong validator; a client that has it gets 304, and a HEAD agrees")
    func validators() async throws {
        let plain = #"{"endpoint": "GET /a/{id}", "calls": {"u": {"backend": "users", "path": "/u/{id}"}}}"#
        try await withGateway([plain], fixtures: ["users/u": Self.fixture()]) { port, gateway, _ in
            let client = try FrontTestClient(port: port)
            let reply = try await Self.get(client)
            let tag = try #require(reply.header("ETag"))
            #expect(tag.count == 34 && tag.hasPrefix("\""))
            let same = try await Self.get(client, "If-None-Match: \"x\", W/\(tag)\r\n")
            #expect(same.status == 304 && same.body.isEmpty && same.header("ETag") == tag)
            #expect(try await Self.get(client, "If-None-Match: \"x\"\r\n").status == 200)
            try await client.send("HEAD /a/1 HTTP/1.1\r\nHost: a\r\n\r\n")
            let head = try await client.reply(toHead: true)
            #expect(head.status == 200 && head.header("ETag") == tag && head.header("Content-Length") == "7")
            client.disconnect()
            _ = await gateway.stop()
        }
    }
}
