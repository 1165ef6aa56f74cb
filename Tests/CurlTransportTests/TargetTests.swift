import TestSupport
import Testing

@testable import CurlTransport

extension TransportTests {
    @Suite("What a URL becomes on the wire") struct Targets {
        /// What stands behind the origin, and what is to arrive.
        private static let plain = [
            ("/", "/"), ("/a?b=c", "/a?b=c"), ("/a%2Fb%2fc%41", "/a%2Fb%2fc%41"), ("/a;b=1;c", "/a;b=1;c"),
            ("//x//y", "//x//y"), ("/a/../b/./c/..", "/a/../b/./c/.."), ("?x=1", "/?x=1"), ("", "/"), ("/a#f", "/a"),
            ("/a?b#f", "/a?b"), ("#f", "/"), ("/a?b=/../c?d", "/a?b=/../c?d"), ("/%zz%", "/%zz%"),
            ("/:@!$&'()*+,=~-._", "/:@!$&'()*+,=~-._"), ("/a?x=%20+&y=[1]", "/a?x=%20+&y=[1]"),
        ]
        /// What libcurl would change had it to read the URL.
        private static let exact = [("/?", "/?"), ("/a?", "/a?"), ("/a\\b|c^`{\"<>}", "/a\\b|c^`{\"<>}")]

        private func server() throws -> ScriptedServer {
            try ScriptedServer { connection in
                while connection.readRequest() != nil { connection.reply("") }
            }
        }

        private func send(
            _ rests: [String],
            methods: [String] = ["GET", "HEAD", "POST"],
            to origin: String,
            configure: (inout BackendOptions) -> Void = { _ in }
        ) async throws {
            try await withTransport(configure: configure) { transport, backend in
                for rest in rests {
                    for method in methods {
                        let request = TransportRequest(backend: backend, method: method, url: origin + rest)
                        let status = try await transport.send(request).status
                        #expect(status == 200)
                    }
                }
            }
        }

        private func lines(_ targets: [String], methods: [String] = ["GET", "HEAD", "POST"]) -> [String] {
            targets.flatMap { target in methods.map { "\($0) \(target) HTTP/1.1" } }
        }

        @Test("the target arrives as it was written, whatever the method")
        func asWritten() async throws {
            let server = try server()
            let all = Self.plain + Self.exact
            try await send(all.map(\.0), to: server.url(""))
            #expect(server.requests.all.map(\.line) == lines(all.map(\.1)))
            #expect(server.requests.all.allSatisfy { $0.values("host") == ["127.0.0.1:\(server.port)"] })
            #expect(server.connections.count == 1)
        }

        @Test("so it does for a backend whose redirects are followed")
        func withRedirects() async throws {
            let server = try server()
            try await send(Self.plain.map(\.0), to: server.url("")) { $0.followRedirects = 3 }
            #expect(server.requests.all.map(\.line) == lines(Self.plain.map(\.1)))
        }

        @Test("a proxy is told the whole URL")
        func throughProxy() async throws {
            let proxy = try server()
            try await send(Self.plain.map(\.0), to: "http://b.invalid:81") { $0.proxy = proxy.url("") }
            #expect(proxy.requests.all.map(\.line) == lines(Self.plain.map { "http://b.invalid:81" + $0.1 }))
            #expect(proxy.requests.all.allSatisfy { $0.values("host") == ["b.invalid:81"] })
        }

        @Test("a redirect leads elsewhere once, and the next request of the handle goes where it says")
        func afterRedirect() async throws {
            let server = try ScriptedServer { connection in
                while let request = connection.readRequest() {
                    if request.line.contains("/from") {
                        connection.reply("", status: "302 Found", headers: "Location: /to?x\r\n")
                    } else {
                        connection.reply(request.line)
                    }
                }
            }
            try await withTransport(configure: { $0.followRedirects = 1 }) { transport, backend in
                for (path, line) in [("/a", "/a"), ("/from", "/to?x"), ("/b", "/b"), ("/from", "/to?x"), ("/c", "/c")] {
                    let answer = try await transport.get(server.url(path), backend).body
                    #expect(answer == Array("GET \(line) HTTP/1.1".utf8))
                }
            }
        }

        @Test(
            "a redirect to another origin asks for codings once, whoever named them before",
            arguments: [nil, "identity"]
        )
        func codingsElsewhere(own: String?) async throws {
            let other = try server()
            let location = other.url("/to")
            let server = try ScriptedServer { connection in
                while connection.readRequest() != nil {
                    connection.reply("", status: "302 Found", headers: "Location: \(location)\r\n")
                }
            }
            try await withTransport(configure: { $0.followRedirects = 1 }) { transport, backend in
                let headers = own.map { [HeaderField(name: "Accept-Encoding", value: $0)] } ?? []
                for _ in 0..<3 {
                    let request = TransportRequest(backend: backend, url: server.url("/"), headers: headers)
                    let status = try await transport.send(request).status
                    #expect(status == 200)
                }
            }
            #expect(
                server.requests.all.map { $0.values("accept-encoding") } == Array(repeating: [own ?? codings], count: 3)
            )
            #expect(other.requests.all.map { $0.values("accept-encoding") } == Array(repeating: [codings], count: 3))
        }

        private let codings = "gzip, deflate, br"

        @Test("backends and origins take turns on one loop, and each request goes to its own")
        func origins() async throws {
            let servers = [try server(), try server(), try server()]
            try await withTransport { transport, backend in
                var random = SeededGenerator(seed: 4)
                var expected: [[String]] = [[], [], []]
                for number in 0..<300 {
                    let server = Int.random(in: 0..<3, using: &random)
                    let path = random.chance(1, in: 4) ? "/\(number)#f" : "/\(number)"
                    _ = try await transport.get(servers[server].url(path), backend)
                    expected[server].append("GET /\(number) HTTP/1.1")
                }
                for (server, lines) in zip(servers, expected) { #expect(server.requests.all.map(\.line) == lines) }
            }
        }
    }
}
