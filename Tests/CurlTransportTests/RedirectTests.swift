import Testing

@testable import CurlTransport

extension TransportTests {
    @Suite("Redirects") struct Redirects {
        private let headers = [
            HeaderField(name: "Authorization", value: "Bearer secret"),
            HeaderField(name: "X-Api-Key", value: "secret"),
            HeaderField(name: "Accept", value: "application/json"),
        ]

        private func redirecting(to location: String) throws -> ScriptedServer {
            try ScriptedServer { connection in
                while let request = connection.readRequest() {
                    if request.line.contains("/from") {
                        connection.reply("moved", status: "302 Found", headers: "Location: \(location)\r\nX-Old: 1\r\n")
                    } else {
                        connection.reply("here")
                    }
                }
            }
        }

        @Test("a redirect is a response like any other unless a backend says so")
        func off() async throws {
            let server = try redirecting(to: "/to")
            try await withTransport { transport, backend in
                let response = try await transport.get(server.url("/from"), backend)
                #expect(response.status == 302)
                #expect(response.header("location") == "/to")
            }
            #expect(server.requests.count == 1)
        }

        @Test("a redirect within the origin is followed with all header fields, and leaves nothing of its own")
        func sameOrigin() async throws {
            let server = try redirecting(to: "/to")
            try await withTransport(configure: { $0.followRedirects = 1 }) { transport, backend in
                let request = TransportRequest(backend: backend, url: server.url("/from"), headers: headers)
                let response = try await transport.send(request)
                #expect(response.status == 200)
                #expect(response.body == Array("here".utf8))
                #expect(response.header("x-old") == nil)
            }
            #expect(server.requests.all.map { $0.values("x-api-key") } == [["secret"], ["secret"]])
        }

        @Test("a redirect to another origin takes no credentials along")
        func otherOrigin() async throws {
            let other = try redirecting(to: "/")
            let server = try redirecting(to: other.url("/to"))
            try await withTransport(configure: { $0.followRedirects = 3 }) { transport, backend in
                let request = TransportRequest(backend: backend, url: server.url("/from"), headers: headers)
                let status = try await transport.send(request).status
                #expect(status == 200)
            }
            let request = try #require(other.requests.all.first)
            #expect(request.values("authorization") == [])
            #expect(request.values("x-api-key") == [])
            #expect(request.values("accept") == ["application/json"])
        }

        @Test("redirects without end are a bad response, after as many as allowed")
        func endless() async throws {
            let server = try redirecting(to: "/from")
            try await withTransport(configure: { $0.followRedirects = 3 }) { transport, backend in
                let request = TransportRequest(backend: backend, url: server.url("/from"))
                guard case .badResponse = await transport.failure(request) else {
                    Issue.record("followed")
                    return
                }
            }
            #expect(server.requests.count == 4)
        }

        @Test(
            "a redirect to another scheme is a bad response",
            arguments: ["ftp://127.0.0.1/", "file:///etc/hostname"]
        )
        func otherScheme(location: String) async throws {
            let server = try redirecting(to: location)
            try await withTransport(configure: { $0.followRedirects = 3 }) { transport, backend in
                let request = TransportRequest(backend: backend, url: server.url("/from"))
                guard case .badResponse = await transport.failure(request) else {
                    Issue.record("followed")
                    return
                }
            }
        }

        @Test("an unsafe method is not redirected")
        func unsafe() async throws {
            let server = try redirecting(to: "/to")
            try await withTransport(configure: { $0.followRedirects = 3 }) { transport, backend in
                let request = TransportRequest(backend: backend, method: "POST", url: server.url("/from"), body: [1])
                let status = try await transport.send(request).status
                #expect(status == 302)
            }
            #expect(server.requests.count == 1)
        }
    }
}
