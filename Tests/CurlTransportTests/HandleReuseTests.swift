import TestSupport
import Testing

@testable import CurlTransport

extension TransportTests {
    /// One handle after the other for all requests of a test, since only one is in flight at a time.
    @Suite("Handles used again") struct HandleReuse {
        private static let methods: [(method: String, body: [UInt8]?)] = [
            ("GET", nil), ("GET", nil), ("GET", nil), ("HEAD", nil), ("POST", Array("a body".utf8)), ("POST", nil),
            ("PUT", Array("another".utf8)), ("DELETE", nil), ("GET", Array("odd".utf8)), ("POST", []),
        ]
        private static let headers: [[HeaderField]] = [
            [], [], [HeaderField(name: "X-A", value: "1")],
            [HeaderField(name: "x-b", value: "two words"), HeaderField(name: "Accept-Encoding", value: "identity")],
            [HeaderField(name: "X-C", value: ""), HeaderField(name: "Content-Type", value: "text/plain")],
            [
                HeaderField(name: "Accept", value: "a/b"), HeaderField(name: "X-D", value: "1"),
                HeaderField(name: "X-D", value: "2"),
            ],
        ]

        private static func request(_ random: inout SeededGenerator, _ backend: Backend, url: String)
            -> TransportRequest
        {
            let (method, body) = random.pick(methods)
            return TransportRequest(
                backend: backend,
                method: method,
                url: url,
                headers: random.pick(headers),
                body: body
            )
        }

        /// What arrived is this request and nothing of another.
        private static func expect(_ received: ReceivedRequest?, _ sent: TransportRequest, target: String, host: String)
        {
            guard let received else {
                Issue.record("nothing arrived")
                return
            }
            #expect(received.line == "\(sent.method) \(target) HTTP/1.1")
            #expect(received.body == (sent.body ?? []))
            var expected = sent.headers.map { "\($0.name.lowercased()): \($0.value)" } + ["host: \(host)"]
            func add(_ name: String, _ value: String) {
                if !sent.headers.contains(where: { $0.name.lowercased() == name }) {
                    expected.append("\(name): \(value)")
                }
            }
            add("accept", "*/*")
            add("accept-encoding", "gzip, deflate, br")
            if sent.body != nil || sent.method == "POST" { add("content-length", "\(sent.body?.count ?? 0)") }
            let fields = received.head.split(separator: "\r\n").dropFirst().map { line in
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                return parts[0].lowercased() + ": " + (parts.last ?? "").drop { $0 == " " }
            }
            #expect(fields.sorted() == expected.sorted())
        }

        @Test(
            "requests of every kind, in any order, arrive without anything of those before them",
            arguments: ["plain", "redirects", "names"]
        )
        func anyOrder(kind: String) async throws {
            let server = try ScriptedServer { connection in
                while connection.readRequest() != nil { connection.reply("") }
            }
            var resolver = ResolverOptions { _ in .addresses(["127.0.0.1"]) }
            // Looked up anew for each request.
            resolver.freshness = .zero
            try await withTransport(
                resolver: resolver,
                configure: { $0.followRedirects = kind == "redirects" ? 2 : 0 },
                { transport, backend in
                    var random = SeededGenerator(seed: 11)
                    for number in 0..<600 {
                        let hosts = kind == "names" ? ["127.0.0.1", "a.test", "b.test"] : ["127.0.0.1"]
                        let host = random.pick(hosts) + ":\(server.port)"
                        let target = random.pick(["/\(number)", "/\(number)?x=%2f", "//\(number)/.."])
                        let url = "http://\(host)\(target)" + (random.chance(1, in: 8) ? "#f" : "")
                        let request = Self.request(&random, backend, url: url)
                        let status = try await transport.send(request).status
                        #expect(status == 200)
                        Self.expect(server.requests.all.last, request, target: target, host: host)
                    }
                }
            )
        }

        @Test(
            "a request after one that failed, was cancelled, ran out of time or was sent twice is as if it were the first"
        )
        func afterTrouble() async throws {
            let server = try ScriptedServer { connection in
                while let request = connection.readRequest() {
                    switch request.line.split(separator: " ")[1] {
                    case "/stall": return connection.waitForClose()
                    case "/reset": return connection.reset()
                    case "/short":
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
                        return
                    case "/leave":
                        connection.reply("")
                        return
                    default: connection.reply("")
                    }
                }
            }
            try await withTransport { transport, backend in
                let loop = transport.loops[0]
                var random = SeededGenerator(seed: 12)
                for number in 0..<120 {
                    // Half of them directly behind a plain GET, which leaves a handle that is not reset.
                    if random.chance(1, in: 2) { _ = try await transport.get(server.url("/plain"), backend) }
                    switch number % 5 {
                    case 0:
                        let brief = TransportRequest(
                            backend: backend,
                            url: server.url("/stall"),
                            headers: [HeaderField(name: "X-Old", value: "1")],
                            timeout: .milliseconds(20)
                        )
                        guard case .timeout = await transport.failure(brief) else {
                            Issue.record("no timeout")
                            return
                        }
                    case 1:
                        let seen = server.requests.count
                        let request = TransportRequest(backend: backend, url: server.url("/stall"))
                        let task = Task(executorPreference: loop) { await loop.failure(request) }
                        await server.requests.wait(for: seen + 1)
                        task.cancel()
                        #expect(await task.value == .cancelled)
                    case 2:
                        // On a new connection it fails; on a used one it is sent once more first.
                        let failure = await transport.failure(
                            TransportRequest(backend: backend, url: server.url("/reset"))
                        )
                        #expect(failure != nil)
                    case 3:
                        let failure = await transport.failure(
                            TransportRequest(backend: backend, url: server.url("/short"))
                        )
                        #expect(failure != nil)
                    default:
                        // The connection ends after it: the next request finds that out, if it has not by then.
                        _ = try await transport.get(server.url("/leave"), backend)
                        _ = try await transport.get(server.url("/plain"), backend)
                    }
                    // An unsafe one may not meet a connection that is about to close.
                    let request = Self.request(&random, backend, url: server.url("/\(number)"))
                    let status = try await transport.send(request).status
                    #expect(status == 200)
                    let host = "127.0.0.1:\(server.port)"
                    Self.expect(server.requests.all.last, request, target: "/\(number)", host: host)
                }
            }
        }

        @Test("a handle is sent again as often as it takes, though libcurl allows it five times in a handle's life")
        func sentAgain() async throws {
            let server = try ScriptedServer { connection in
                guard connection.readRequest() != nil else { return }
                connection.reply("first")
                // The second request of each connection finds it dead.
                guard connection.readRequest() != nil else { return }
                connection.reset()
            }
            try await withTransport { transport, backend in
                for _ in 0..<40 {
                    let answer = try await transport.get(server.url("/"), backend).body
                    #expect(answer == Array("first".utf8))
                }
            }
            #expect(server.requests.count > 60)
        }

        @Test("Accept-Encoding is the request's own or the transport's, once, and coded bodies are decoded either way")
        func codings() async throws {
            let coded: [UInt8] = [
                31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 7, 0, 134, 166, 16, 54, 5, 0, 0, 0,
            ]
            let server = try ScriptedServer { connection in
                while connection.readRequest() != nil {
                    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(coded.count)\r\n\r\n"
                    connection.send(Array(head.utf8) + coded)
                }
            }
            let own = ["identity", nil, "gzip;q=0.5", "", nil, nil, "br"]
            try await withTransport { transport, backend in
                for value in own {
                    let headers = value.map { [HeaderField(name: "ACCEPT-encoding", value: $0)] } ?? []
                    let request = TransportRequest(backend: backend, url: server.url("/"), headers: headers)
                    let response = try await transport.send(request)
                    #expect(response.body == Array("hello".utf8))
                }
            }
            #expect(server.requests.all.map { $0.values("accept-encoding") } == own.map { [$0 ?? "gzip, deflate, br"] })
        }
    }
}
