import Glibc
import Testing

@testable import CurlTransport

extension TransportTests {
    @Suite("Connections") struct Connections {
        @Test("method, path, headers and body arrive as given, and the answer comes back whole")
        func echo() async throws {
            let server = try ScriptedServer { connection in
                while let request = connection.readRequest() {
                    connection.reply(
                        "got \(request.body.count)",
                        status: "201 Created",
                        headers: "X-A: 1\r\nX-A: 2\r\n"
                    )
                }
            }
            try await withTransport { transport, backend in
                let response = try await transport.send(
                    TransportRequest(
                        backend: backend,
                        method: "PUT",
                        url: server.url("/ok/../%2e/x?a=b%20c#f"),
                        headers: [HeaderField(name: "X-Empty", value: ""), HeaderField(name: "X-B", value: "v: w")],
                        body: [UInt8](repeating: 0x61, count: 2 << 20)
                    )
                )
                #expect(response.status == 201)
                #expect(response.body == Array("got 2097152".utf8))
                #expect(response.headers.filter { $0.name == "X-A" }.map(\.value) == ["1", "2"])
                #expect(response.header("x-a") == "1")
                let timings = response.timings
                #expect(timings.queue <= timings.connect && timings.connect <= timings.firstByte)
                #expect(timings.firstByte <= timings.total)
            }
            let request = try #require(server.requests.all.first)
            #expect(request.line == "PUT /ok/../%2e/x?a=b%20c HTTP/1.1")
            #expect(request.values("x-empty") == [""])
            #expect(request.values("x-b") == ["v: w"])
            #expect(request.values("content-type") == [] && request.values("expect") == [])
            #expect(request.values("accept-encoding") == ["gzip, deflate, br"])
        }

        @Test("HEAD, POST without a body, DELETE and a GET with a body go out as such")
        func methods() async throws {
            let server = try ScriptedServer { connection in
                while let request = connection.readRequest() {
                    if request.line.hasPrefix("HEAD") {
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
                    } else {
                        connection.reply("x")
                    }
                }
            }
            try await withTransport { transport, backend in
                for (method, body) in [("HEAD", nil), ("POST", nil), ("DELETE", nil), ("GET", [UInt8(0x61)])] {
                    let response = try await transport.send(
                        TransportRequest(backend: backend, method: method, url: server.url("/"), body: body)
                    )
                    #expect(response.status == 200)
                }
            }
            #expect(
                server.requests.all.map { String($0.line.prefix { $0 != " " }) } == ["HEAD", "POST", "DELETE", "GET"]
            )
            #expect(server.requests.all.map(\.body.count) == [0, 0, 0, 1])
        }

        @Test("a response's cookies are not kept")
        func cookies() async throws {
            let server = try ScriptedServer { connection in
                while connection.readRequest() != nil { connection.reply("", headers: "Set-Cookie: a=b; Path=/\r\n") }
            }
            try await withTransport { transport, backend in
                for _ in 0..<2 { _ = try await transport.get(server.url("/"), backend) }
            }
            #expect(server.requests.all.flatMap { $0.values("cookie") } == [])
        }

        @Test("ten thousand calls in a row use one connection, one handle, and no more open files than one call")
        func tenThousand() async throws {
            let server = try EventServer()
            try await withTransport { transport, backend in
                let loop = transport.loops[0]
                try await withTaskExecutorPreference(loop) {
                    for number in 0..<10_000 {
                        let path = "/\(number)"
                        let request = TransportRequest(backend: backend, url: server.url(path))
                        let response = try await loop.perform(request)
                        #expect(response.body == Array(path.utf8))
                    }
                }
                #expect(ProcessFacts.clients(ofPort: server.port) == 1)
            }
            #expect(server.connections.count == 1)
            #expect(ProcessFacts.clients(ofPort: server.port) == 0)
        }

        @Test("ten thousand calls all succeed against a server that closes its connections at will")
        func closingServer() async throws {
            let server = try ScriptedServer { connection in
                // Without a word in the response: the client finds out when it uses the connection again.
                for _ in 0...(connection.number % 4) {
                    guard connection.readRequest() != nil else { return }
                    connection.reply("ok")
                }
                if connection.number % 3 == 0 { connection.reset() }
            }
            try await withTransport { transport, backend in
                let loop = transport.loops[0]
                try await withTaskExecutorPreference(loop) {
                    for _ in 0..<10_000 {
                        let response = try await loop.perform(TransportRequest(backend: backend, url: server.url("/")))
                        #expect(response.body == Array("ok".utf8))
                    }
                }
                #expect(ProcessFacts.clients(ofPort: server.port) < 8)
            }
        }

        @Test(
            "an unsafe request is never sent twice when the connection it was to reuse dies",
            arguments: [true, false]
        )
        func unsafeOnce(resets: Bool) async throws {
            let server = try ScriptedServer { connection in
                _ = connection.readRequest()
                connection.reply("ok")
                guard connection.readRequest() != nil else { return }
                if resets { connection.reset() }
            }
            try await withTransport { transport, backend in
                _ = try await transport.get(server.url("/"), backend)
                let request = TransportRequest(backend: backend, method: "POST", url: server.url("/"), body: [1])
                let failure = await transport.failure(request)
                guard case .reset = failure else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
            }
            #expect(server.requests.all.count { $0.line.hasPrefix("POST") } == 1)
        }

        @Test(
            "a GET is sent again, once and on a new connection, when the connection it was to reuse dies",
            arguments: [true, false]
        )
        func safeRetried(resets: Bool) async throws {
            let server = try ScriptedServer { connection in
                _ = connection.readRequest()
                connection.reply("\(connection.number)")
                guard connection.number == 0, connection.readRequest() != nil else { return }
                if resets { connection.reset() }
            }
            try await withTransport { transport, backend in
                let body = try await transport.get(server.url("/"), backend).body
                #expect(body == Array("0".utf8))
                let again = try await transport.get(server.url("/"), backend).body
                #expect(again == Array("1".utf8))
            }
            #expect(server.requests.count == 3)
        }

        @Test("a GET is not sent a third time")
        func safeRetriedOnce() async throws {
            let server = try ScriptedServer { connection in
                _ = connection.readRequest()
                if connection.number == 0 {
                    connection.reply("ok")
                    _ = connection.readRequest()
                }
                connection.reset()
            }
            try await withTransport { transport, backend in
                _ = try await transport.get(server.url("/"), backend)
                let failure = await transport.failure(TransportRequest(backend: backend, url: server.url("/")))
                guard case .reset = failure else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
            }
            #expect(server.requests.count == 3)
        }

        @Test("a proxy of the settings is used, and the target's name left to it")
        func proxy() async throws {
            let proxy = try ScriptedServer { connection in
                while connection.readRequest() != nil { connection.reply("proxied") }
            }
            try await withTransport(configure: { $0.proxy = proxy.url("") }) { transport, backend in
                let response = try await transport.get("http://unknown.invalid/x", backend)
                #expect(response.body == Array("proxied".utf8))
            }
            #expect(proxy.requests.all.map(\.line) == ["GET http://unknown.invalid/x HTTP/1.1"])
        }
    }
}
