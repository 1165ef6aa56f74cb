import NIOCore
import NIOPosix
import Replay
import Testing

@Suite("Requests that wait for their answers", .timeLimit(.minutes(1)))
struct ReplayBacklogTests {
    @Test("a client that asks on without an answer is cut off, so that no more than 1024 answers wait")
    func cut() async throws {
        let hanging = CannedResponse(fault: .timeout)
        let fixture = Fixture(
            backend: "b",
            name: "a",
            file: "a",
            request: ExpectedRequest(path: "/"),
            response: hanging
        )
        try await withReplay(["b": [fixture]]) { servers in
            let port = try #require(servers.urls["b"]?.split(separator: ":").last.flatMap { Int($0) })
            let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port).get()
            func ask(_ count: Int) async throws {
                let text = String(repeating: "GET / HTTP/1.1\r\nHost: b\r\n\r\n", count: count)
                try await client.writeAndFlush(ByteBuffer(string: text))
            }
            // One is being answered, the others wait.
            try await ask(1025)
            try await servers.waitUntil("b") { $0.totalRequests == 1025 }
            #expect(servers.counts(of: "b")?.openConnections == 1)
            try await ask(1)
            let isCut = await withTaskGroup(of: Bool.self) { group in
                group.addTask { (try? await servers.waitUntil("b") { $0.openConnections == 0 }) != nil }
                group.addTask {
                    try? await Task.sleep(for: .seconds(10))
                    return false
                }
                defer { group.cancelAll() }
                return await group.next() ?? false
            }
            #expect(isCut)
            #expect(servers.counts(of: "b")?.totalRequests == 1025)
            try? await client.close()
        }
    }
}
