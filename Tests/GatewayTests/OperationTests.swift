import NIOPosix
import Testing

@testable import Gateway

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Operation")
struct OperationTests {
    @Test(
        "clients get the file descriptors that the backends leave, half of them at least",
        arguments: [
            (16_384, 1024, 100, 884), (16_384, 1024, 5000, 492), (100, 1024, 100, nil), (16_384, 1_048_576, 768, nil),
            (16_384, 64, 768, 12), (16_384, 0, 768, 1),
        ] as [(Int, Int, Int, Int?)]
    )
    func descriptors(wanted: Int, files: Int, toBackends: Int, expected: Int?) {
        #expect(OpenFiles.connections(wanted, files: files, toBackends: toBackends) == expected)
    }

    @Test("a stop waits for the last composition", .timeLimit(.minutes(1)))
    func lastComposition() async {
        let running = RunningCompositions()
        running.begin()
        running.begin()
        async let over: Void = running.waitForLast(within: .seconds(3600))
        running.end()
        running.end()
        await over
    }

    @Test("a stop does not wait longer than it may", .timeLimit(.minutes(1)))
    func limit() async {
        let running = RunningCompositions()
        running.begin()
        await running.waitForLast(within: .milliseconds(1))
    }

    @Test("a log that nobody reads does not hold up the end", .timeLimit(.minutes(1)))
    func unreadLog() async {
        var ends: [CInt] = [0, 0]
        #expect(pipe(&ends) == 0)
        do {
            let writer = LogWriter(descriptor: ends[1])
            for _ in 0..<400 { writer.write(Array(repeating: UInt8(ascii: "x"), count: 1024)) }
            await writer.flush()
        }
        close(ends[0])
        close(ends[1])
    }
}
