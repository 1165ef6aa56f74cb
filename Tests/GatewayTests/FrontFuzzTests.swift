import NIOCore
import TestSupport
import Testing

@testable import Gateway

@Suite("Front: whatever arrives", .timeLimit(.minutes(2)))
struct FrontFuzzTests {
    private static let seeds = [
        "GET /a?b=c HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: t\r\n\r\n",
        "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
        "GET http://h:80/x HTTP/1.0\r\nConnection: keep-alive\r\n\r\nHEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\u{81}\u{5}hello",
    ]

    private func mutate(_ bytes: [UInt8], with generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let splices = ["\r\n", "\r", "\n", "\0", " ", ":", "%", "\t", "Content-Length: 1\r\n", "chunked", "0\r\n\r\n"]
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(contentsOf: (splices.randomElement(using: &generator) ?? "").utf8, at: index)
            default: bytes.insert(contentsOf: bytes[index...].prefix(20), at: index)
            }
        }
        return bytes
    }

    @Test("mutated requests never bring the front down, and never get a reply that is not HTTP", arguments: 0..<4)
    func mutations(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var limits = FrontLimits()
        limits.headerTimeout = .milliseconds(20)
        limits.bodyTimeout = .milliseconds(20)
        limits.idleTimeout = .milliseconds(20)
        try await withFront(limits: limits) { server, _ in
            for round in 0..<150 {
                let client = try FrontTestClient(port: server.port)
                let request = mutate(Array(Self.seeds[round % Self.seeds.count].utf8), with: &generator)
                // Every connection ends by a timeout at the latest: with nothing, or with replies. On a busy machine
                // that may be before the request has been sent.
                try? await client.send(request)
                let text = (try? await client.readToEnd()) ?? ""
                #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 "))
                client.disconnect()
            }
            var isAlive = false
            for _ in 0..<100 where !isAlive {
                let client = try FrontTestClient(port: server.port)
                isAlive = (try? await client.exchange(get("/alive")))?.status == 200
                client.disconnect()
            }
            #expect(isAlive)
        }
    }
}
