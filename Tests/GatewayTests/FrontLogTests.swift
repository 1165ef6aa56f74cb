import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Gateway

@Suite("Front: the log", .timeLimit(.minutes(1)))
struct FrontLogTests {
    private let entry = AccessEntry(
        method: "GET",
        path: "/home/1",
        status: 200,
        bytes: 321,
        duration: .microseconds(12_345),
        remoteAddress: "127.0.0.1",
        requestID: "id-1",
        reply: ReplyLog(endpoint: "GET /home/{userId}", partial: ["offers"], failure: nil)
    )

    private func line(_ format: LogFormat, _ message: String, _ metadata: Logger.Metadata) -> String {
        var bytes: [UInt8] = []
        let line = LogFormat.Line(
            time: (784_111_777, 42),
            level: .warning,
            label: "medley",
            message: message,
            metadata: metadata
        )
        format.append(line, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("a request is one line of text")
    func text() {
        #expect(
            line(.text(colour: false), "request", [AccessLog.metadataKey: .stringConvertible(entry)])
                == "08:49:37.042 200    12.345ms      321B  GET /home/1 endpoint=\"GET /home/{userId}\" partial=offers "
                + "remote=127.0.0.1 requestId=id-1\n"
        )
    }

    @Test("a request is one JSON object")
    func json() {
        #expect(
            line(.json, "request", [AccessLog.metadataKey: .stringConvertible(entry)])
                == #"{"time":"1994-11-06T08:49:37.042Z","level":"warning","message":"request","logger":"medley","#
                + #""method":"GET","path":"/home/1","status":200,"bytes":321,"durationMs":12.345,"#
                + #""endpoint":"GET /home/{userId}","partial":["offers"],"remote":"127.0.0.1","requestId":"id-1"}"#
                + "\n"
        )
    }

    @Test("other lines have their metadata, in a fixed order")
    func metadata() {
        let metadata: Logger.Metadata = ["b": "x y", "a": .array(["1", .dictionary(["k": "v"])])]
        #expect(line(.text(colour: false), "hello", metadata).hasPrefix("08:49:37.042 WARNING hello a="))
        #expect(line(.json, "hello", metadata).hasSuffix(#""a":["1",{"k":"v"}],"b":"x y"}"# + "\n"))
    }

    @Test("an entry that goes to the handler directly looks as one that comes through swift-log")
    func direct() {
        let time = (seconds: 1_700_000_000, milliseconds: 7)
        let metadata: Logger.Metadata = [AccessLog.metadataKey: .stringConvertible(entry)]
        var through: [UInt8] = []
        let line = LogFormat.Line(time: time, level: .info, label: "l", message: "request", metadata: metadata)
        LogFormat.json.append(line, to: &through)
        var direct: [UInt8] = []
        LogFormat.appendJSON(entry, message: "request", label: "l", time: time, to: &direct)
        #expect(direct == through)
        let writer = LogWriter(descriptor: -1)
        #expect(GatewayLogHandler(label: "l", writer: writer, format: .json).takesEntries)
        #expect(!GatewayLogHandler(label: "l", writer: writer, format: .text(colour: false)).takesEntries)
        var labelled = GatewayLogHandler(label: "l", writer: writer, format: .json)
        labelled[metadataKey: "node"] = "a"
        #expect(!labelled.takesEntries)
    }

    @Test("no value can begin a line or move the cursor", arguments: [LogFormat.json, .text(colour: false)])
    func injection(format: LogFormat) throws {
        var evil = entry
        evil.method = "G\nT"
        evil.path = "/a\u{1B}[2J\r\nfake"
        evil.reply = ReplyLog(endpoint: "\u{7F}\u{9B}", partial: ["\n"], failure: "\u{2028}\"")
        let request = line(format, "m\nn", [AccessLog.metadataKey: .stringConvertible(evil), "k\n": "v\u{8}"])
        let text = request + line(format, "m\nn", ["k\n": "v\u{8}\nx"])
        #expect(text.unicodeScalars.filter { $0 == "\n" }.count == 2)
        #expect(!text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) })
        #expect(!text.unicodeScalars.contains("\u{2028}"))
        if format == .json {
            for line in text.split(separator: "\n") { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
    }

    @Test("every request of a connection gets its line, without the query")
    func lines() async throws {
        let sink = LogSink()
        let log = AccessLog(logger: Logger(label: "medley") { _ in sink })
        try await withFront(log: log) { server, handler in
            var events = handler.events.makeAsyncIterator()
            let client = try FrontTestClient(port: server.port)
            _ = try await client.exchange(get("/a?secret=1", "X-Request-Id: r1"))
            _ = try await client.exchange("rubbish\r\n\r\n")
            let leaver = try FrontTestClient(port: server.port)
            try await leaver.send(get("/wait/b"))
            _ = await events.next()
            leaver.disconnect()
            #expect(await events.next() == .cancelled("b"))
        }
        let entries = sink.entries.withLock { $0 }
        #expect(entries.map(\.status) == [200, 400, 499])
        #expect(entries.map(\.path) == ["/a", "-", "/wait/b"])
        #expect(entries.map(\.method) == ["GET", "-", "GET"])
        #expect(entries.first?.requestID == "r1")
        #expect(entries.first?.bytes == "GET /a ?secret=1 @h ".utf8.count)
        #expect(entries.allSatisfy { $0.remoteAddress == "127.0.0.1" })
    }

    @Test("the writer writes lines in order, and says how many it had to drop")
    func writer() async throws {
        let pipe = Pipe()
        let writer = LogWriter(
            descriptor: pipe.fileHandleForWriting.fileDescriptor,
            capacity: 100,
            gathering: .milliseconds(200)
        )
        for index in 0..<30 { writer.write(Array("line \(index + 100)\n".utf8)) }
        await writer.flush()
        writer.write(Array("after\n".utf8))
        await writer.flush()
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text.contains("line 100\nline 101\n"))
        #expect(text.contains("line 110\n"))
        #expect(!text.contains("line 111"))
        #expect(text.contains("19 log lines were dropped"))
        #expect(text.hasSuffix("after\n"))
    }

    @Test("logging does not wait for a reader that has stopped")
    func stalledReader() async throws {
        let pipe = Pipe()
        let writer = LogWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor, capacity: 10_000, gathering: .zero)
        // Far more than a pipe holds; every call returns though nobody reads.
        for _ in 0..<5000 { writer.write([UInt8](repeating: UInt8(ascii: "x"), count: 100)) }
        // Reading lets the writer's thread end.
        let reader = Task { try await NIOThreadPool.singleton.runIfActive { Self.drain(pipe) } }
        await writer.flush()
        try pipe.fileHandleForWriting.close()
        try await reader.value
    }

    private static func drain(_ pipe: Pipe) {
        _ = pipe.fileHandleForReading.readDataToEndOfFile()
    }
}

/// Keeps access entries.
struct LogSink: LogHandler {
    final class Entries: Sendable {
        private let entries = Mutex<[AccessEntry]>([])

        func withLock<Result: Sendable>(_ body: (inout sending [AccessEntry]) -> sending Result) -> Result {
            entries.withLock(body)
        }
    }

    let entries = Entries()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var metadata = event.metadata ?? [:]
        guard let entry = LogFormat.takeEntry(from: &metadata) else { return }
        entries.withLock { $0.append(entry) }
    }
}
