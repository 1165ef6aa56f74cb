import Testing

@testable import CurlTransport

extension TransportTests {
    /// Transfers of large bodies pause after each quarter of a mebibyte, so that others have their turn.
    @Suite("Pauses") struct Pauses {
        private static func body(_ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        }

        /// Answers `/small` with a word, `/chunked/<n>` and `/plain/<n>` with so many bytes, and stays open.
        private static func server() throws -> ScriptedServer {
            try ScriptedServer { connection in
                while let request = connection.readRequest() {
                    let path = request.line.split(separator: " ")[1].split(separator: "/")
                    guard path.count > 1, let count = Int(path[1]) else {
                        connection.reply("small")
                        continue
                    }
                    if path[0] == "chunked" {
                        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                        connection.send("\(String(count, radix: 16))\r\n")
                        connection.send(body(count))
                        connection.send("\r\n0\r\n\r\n")
                    } else {
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n")
                        connection.send(body(count))
                    }
                }
            }
        }

        /// Sends a body without an end, until the peer closes. `/small` is answered with a word.
        private static func endless() throws -> ScriptedServer {
            let piece = [UInt8](repeating: 7, count: 1 << 20)
            return try ScriptedServer { connection in
                while let request = connection.readRequest() {
                    guard request.line.contains("/endless") else {
                        connection.reply("small")
                        continue
                    }
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
                    while connection.send(piece) {}
                    return
                }
            }
        }

        @Test("a body of some mebibytes arrives as it was sent", arguments: ["plain", "chunked"])
        func equal(coding: String) async throws {
            let server = try Self.server()
            try await withTransport { transport, backend in
                for count in [256 << 10, (256 << 10) + 1, (512 << 10) + 16_384, 5_000_001] {
                    let response = try await transport.get(server.url("/\(coding)/\(count)"), backend)
                    #expect(response.body == Self.body(count))
                }
            }
            // The connection is as good as new after each of them.
            #expect(server.connections.count == 1)
        }

        @Test("small requests end while two large bodies are on their way")
        func beside() async throws {
            let server = try Self.endless()
            try await withTransport(configure: { $0.maxResponseBody = 1 << 40 }) { transport, backend in
                let loop = transport.loops[0]
                let request = TransportRequest(backend: backend, url: server.url("/endless"), timeout: .seconds(30))
                let large = (0..<2).map { _ in Task(executorPreference: loop) { await loop.failure(request) } }
                await server.requests.wait(for: 2)
                for _ in 0..<5 {
                    let small = try await transport.get(server.url("/small"), backend)
                    #expect(small.body == Array("small".utf8))
                }
                for task in large { task.cancel() }
                for task in large { #expect(await task.value == .cancelled) }
                await server.ended.wait(for: 2)
                let next = try await transport.get(server.url("/small"), backend)
                #expect(next.status == 200)
            }
        }

        @Test("the time of a body without an end runs out, and the place in its lane is free again")
        func timeout() async throws {
            let server = try Self.endless()
            try await withTransport(configure: {
                $0.maxResponseBody = 1 << 40
                $0.maxInFlight = 1
            }) { transport, backend in
                var request = TransportRequest(backend: backend, url: server.url("/endless"))
                request.timeout = .milliseconds(60)
                guard case .timeout = await transport.failure(request) else {
                    Issue.record("no timeout")
                    return
                }
                let next = try await transport.get(server.url("/small"), backend)
                #expect(next.status == 200)
            }
        }

        @Test("a body that is cut off by a reset is a failure, not a short body")
        func reset() async throws {
            let server = try ScriptedServer { connection in
                guard let request = connection.readRequest() else { return }
                if request.line.contains("/small") { return connection.reply("small") }
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n")
                connection.send(Self.body(1 << 20))
                connection.reset()
            }
            try await withTransport(configure: { $0.maxInFlight = 1 }) { transport, backend in
                for _ in 0..<3 {
                    #expect(await transport.failure(TransportRequest(backend: backend, url: server.url("/"))) != nil)
                }
                let next = try await transport.get(server.url("/small"), backend)
                #expect(next.status == 200)
            }
        }

        @Test(
            "the limit holds to the byte, and at once, where the last piece is one that was kept during a pause",
            arguments: ["plain", "chunked"]
        )
        func limit(coding: String) async throws {
            let server = try Self.server()
            let start = ContinuousClock.now
            for count in [(256 << 10) + 1, (256 << 10) + 1_000, (512 << 10) + 17, 1_300_000] {
                for limit in [count, count - 1, 256 << 10] {
                    try await withTransport(configure: { $0.maxResponseBody = limit }) { transport, backend in
                        let request = TransportRequest(backend: backend, url: server.url("/\(coding)/\(count)"))
                        let failure = await transport.failure(request)
                        #expect(failure == (limit >= count ? nil : .tooLarge(limit: limit)))
                        let next = try await transport.get(server.url("/small"), backend)
                        #expect(next.status == 200)
                    }
                }
            }
            #expect(.now - start < .seconds(8))
        }

        @Test("an encoded body arrives, and is limited by what it is decoded to")
        func encoded() async throws {
            let body = Self.body(1_500_000)
            let sent = Self.gzip(body)
            let server = try ScriptedServer { connection in
                while connection.readRequest() != nil {
                    connection.send(
                        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(sent.count)\r\n\r\n"
                    )
                    connection.send(sent)
                }
            }
            for limit in [body.count, body.count - 1] {
                try await withTransport(configure: { $0.maxResponseBody = limit }) { transport, backend in
                    let request = TransportRequest(backend: backend, url: server.url("/"))
                    guard limit == body.count else {
                        #expect(await transport.failure(request) == .tooLarge(limit: limit))
                        return
                    }
                    let response = try await transport.send(request)
                    #expect(response.body == body)
                }
            }
        }

        @Test("a shutdown ends what is on its way")
        func shutdown() async throws {
            let server = try Self.endless()
            var options = BackendOptions(name: "test")
            options.maxResponseBody = 1 << 40
            let transport = try CurlTransport(backends: [options], loops: 1)
            let (loop, backend) = (transport.loops[0], transport.backends[0])
            let request = TransportRequest(backend: backend, url: server.url("/endless"), timeout: .seconds(30))
            let tasks = (0..<3).map { _ in Task(executorPreference: loop) { await loop.failure(request) } }
            await server.requests.wait(for: 3)
            await transport.shutdown()
            for task in tasks { #expect(await task.value == .cancelled) }
            await server.ended.wait(for: 3)
        }

        /// RFC 1952, with stored blocks (RFC 1951, section 3.2.4).
        private static func gzip(_ body: [UInt8]) -> [UInt8] {
            var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
            var rest = body[...]
            while !rest.isEmpty {
                let block = rest.prefix(65_535)
                rest = rest.dropFirst(block.count)
                let length = UInt16(block.count)
                bytes.append(rest.isEmpty ? 1 : 0)
                for number in [length, ~length] { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
                bytes += block
            }
            var sum: UInt32 = ~0
            for byte in body {
                sum ^= UInt32(byte)
                for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
            }
            for number in [~sum, UInt32(body.count)] { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
            return bytes
        }
    }
}
