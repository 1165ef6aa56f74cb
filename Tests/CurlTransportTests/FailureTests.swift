import Foundation
import Testing

@testable import CurlTransport

extension TransportTests {
    @Suite("Failures") struct Failures {
        /// What a GET fails with when the server answers with `bytes` and closes.
        private func failure(
            answer: [UInt8],
            configure: (inout BackendOptions) -> Void = { _ in }
        ) async throws -> TransportError? {
            let server = try ScriptedServer { connection in
                guard connection.readRequest() != nil else { return }
                connection.send(answer)
            }
            return try await withTransport(configure: configure) { transport, backend in
                await transport.failure(TransportRequest(backend: backend, url: server.url("/")))
            }
        }

        private func failure(
            answer: String,
            configure: (inout BackendOptions) -> Void = { _ in }
        ) async throws -> TransportError? {
            try await failure(answer: Array(answer.utf8), configure: configure)
        }

        @Test("a body that ends before its length is incomplete")
        func truncated() async throws {
            let error = try await failure(answer: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            guard case .incomplete = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }

        @Test("a chunked body that ends early is no response either")
        func truncatedChunks() async throws {
            let error = try await failure(answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc")
            #expect(error == .incomplete(detail: "transfer closed with outstanding read data remaining"))
        }

        @Test("what is not HTTP is a bad response", arguments: ["SSH-2.0-OpenSSH\r\n", "\0\0\0\0\0\0\0\0", "<html>\n"])
        func garbage(answer: String) async throws {
            let error = try await failure(answer: answer)
            guard case .badResponse = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }

        @Test("a connection closed without an answer is a reset")
        func nothing() async throws {
            let error = try await failure(answer: "")
            guard case .reset = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }

        @Test("a reset in the middle of a body is a reset")
        func reset() async throws {
            let server = try ScriptedServer { connection in
                _ = connection.readRequest()
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
                connection.reset()
            }
            try await withTransport { transport, backend in
                let error = await transport.failure(TransportRequest(backend: backend, url: server.url("/")))
                guard case .reset = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }

        @Test(
            "a body over the limit ends the transfer while it arrives, announced or not",
            arguments: ["Content-Length: 1000001", "Transfer-Encoding: chunked"]
        )
        func overlong(framing: String) async throws {
            let closed = Recorder<Bool>()
            let server = try ScriptedServer { connection in
                _ = connection.readRequest()
                connection.send("HTTP/1.1 200 OK\r\n\(framing)\r\n\r\n")
                // Sends until the client hangs up.
                while connection.send(Array("400\r\n".utf8) + [UInt8](repeating: 0x61, count: 1024) + [13, 10]) {}
                closed.append(true)
            }
            try await withTransport(configure: { $0.maxResponseBody = 1_000_000 }) { transport, backend in
                let error = await transport.failure(TransportRequest(backend: backend, url: server.url("/")))
                #expect(error == .tooLarge(limit: 1_000_000))
                await closed.wait(for: 1)
            }
        }

        @Test("a body is limited by its size after decompression")
        func bomb() async throws {
            let bomb = try shell("head -c 20000000 /dev/zero | gzip -9")
            #expect(bomb.count < 30_000)
            let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n"
            let error = try await failure(answer: Array(head.utf8) + bomb) { $0.maxResponseBody = 100_000 }
            #expect(error == .tooLarge(limit: 100_000))
        }

        @Test("a gzip body within the limit is decoded; a damaged one, or an unknown coding, is a bad response")
        func codings() async throws {
            let body = try shell("printf hello | gzip")
            @Sendable func head(_ coding: String) -> [UInt8] {
                Array("HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
            }
            let server = try ScriptedServer { connection in
                _ = connection.readRequest()
                connection.send(head("gzip") + body)
            }
            try await withTransport { transport, backend in
                let body = try await transport.get(server.url("/"), backend).body
                #expect(body == Array("hello".utf8))
            }
            var damaged = body
            damaged[12] ^= 0xFF
            for answer in [head("gzip") + damaged, head("rot13") + body] {
                guard case .badResponse = try await failure(answer: answer) else {
                    Issue.record("accepted")
                    return
                }
            }
        }

        @Test("too much header is a bad response")
        func headers() async throws {
            let many = String(repeating: "A: b\r\n", count: 300)
            let long = "A: \(String(repeating: "x", count: 70_000))\r\n"
            for header in [many, long] {
                guard case .badResponse = try await failure(answer: "HTTP/1.1 200 OK\r\n\(header)\r\n") else {
                    Issue.record("accepted")
                    return
                }
            }
        }

        @Test("a refused connection could not connect")
        func refused() async throws {
            let port = try Listener().port
            try await withTransport { transport, backend in
                let error = await transport.failure(
                    TransportRequest(backend: backend, url: "http://127.0.0.1:\(port)/")
                )
                guard case .connect = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }

        @Test("a header that would add a line, or a URL of another scheme, is refused before anything is sent")
        func injection() async throws {
            let server = try EventServer()
            try await withTransport { transport, backend in
                var request = TransportRequest(backend: backend, url: server.url("/"))
                request.headers = [HeaderField(name: "X", value: "a\r\nY: b")]
                guard case .invalidRequest = await transport.failure(request) else {
                    Issue.record("sent")
                    return
                }
                for url in [server.url("/\r\nX: y"), "ftp://127.0.0.1/", "file:///etc/hostname"] {
                    guard case .invalidRequest = await transport.failure(TransportRequest(backend: backend, url: url))
                    else {
                        Issue.record("sent: \(url)")
                        return
                    }
                }
            }
            #expect(server.connections.count == 0)
        }
    }
}

/// What a shell command writes.
func shell(_ command: String) throws -> [UInt8] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    return Array(bytes)
}
