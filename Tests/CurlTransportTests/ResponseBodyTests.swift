import TestSupport
import Testing

@testable import CurlTransport

@Suite("Response sink: large bodies and odd lines") struct ResponseBodyTests {
    private func sink(limit: Int = 64 << 20, _ lines: String...) -> ResponseSink {
        var options = BackendOptions(name: "b")
        options.maxResponseBody = limit
        var sink = ResponseSink(options: options)
        for line in ["HTTP/1.1 200 OK"] + lines + [""] {
            let isAccepted = Array("\(line)\r\n".utf8).withUnsafeBufferPointer { sink.receive(line: $0) }
            #expect(isAccepted)
        }
        return sink
    }

    private func feed(_ sink: inout ResponseSink, _ piece: some Sequence<UInt8>) -> Bool {
        Array(piece).withUnsafeBytes { sink.receive(body: $0) }
    }

    private func timings() -> TransferTimings {
        TransferTimings(queue: 0, connect: 0, firstByte: 0, total: 0)
    }

    private func bytes(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count { withUnsafeBytes(of: random.next()) { bytes += $0 } }
        return Array(bytes.prefix(count))
    }

    @Test(
        "a body of several mebibytes comes out as it came in, announced or not",
        arguments: [nil, "Content-Length: 5242881", "Content-Length: 1000", "Content-Encoding: gzip"]
    )
    func large(line: String?) {
        var random = SeededGenerator(seed: 21)
        for count in [1 << 20, (1 << 20) + 1, 5_242_881, 3 << 20] {
            let body = bytes(count, &random)
            var sink = line.map { self.sink(limit: count, $0) } ?? self.sink(limit: count)
            let isRefused = line?.contains("5242881") == true && count < 5_242_881
            var rest = body[...]
            while !rest.isEmpty, !isRefused {
                let piece = rest.prefix(
                    Int.random(in: 0...random.pick([10_000, 16_384, 400_000, 3 << 20]), using: &random)
                )
                let isAccepted = feed(&sink, piece)
                #expect(isAccepted)
                rest = rest.dropFirst(piece.count)
            }
            // The limit is met exactly; not a byte more.
            let isAccepted = feed(&sink, [0])
            #expect(!isAccepted && sink.failure == .tooLarge(limit: count))
            if !isRefused { #expect(sink.finish(timings: timings()).body == body) }
            #expect(sink.body.isEmpty)
        }
    }

    @Test("a sink used again has nothing of the large body before")
    func again() {
        var random = SeededGenerator(seed: 22)
        var sink = sink()
        for _ in 0..<300 { _ = feed(&sink, bytes(10_000, &random)) }
        #expect(sink.finish(timings: timings()).body.count == 3_000_000)
        sink = self.sink(limit: 2_000_000)
        let body = bytes(2_000_000, &random)
        for start in stride(from: 0, to: body.count, by: 16_000) {
            let isAccepted = feed(&sink, body[start..<min(start + 16_000, body.count)])
            #expect(isAccepted)
        }
        #expect(sink.finish(timings: timings()).body == body)
    }

    @Test(
        "a field's value is what stands behind the colon, without the whitespace around it",
        arguments: [
            (["A:"], ""), (["A: "], ""), (["A:\t \t"], ""), (["A:b"], "b"), (["A:\tb\t"], "b"),
            (["A: b:c: d "], "b:c: d"),
            (["A: :"], ":"), (["A: b\tc"], "b\tc"), (["A: b", " c"], "b c"), (["A: b", "\t  c:d "], "b c:d"),
            (["A: b", " c", "  d"], "b c d"), (["A:", " b"], "b"), (["A: ", "\tb", " c"], "b c"),
        ]
    )
    func values(lines: [String], value: String) {
        var options = BackendOptions(name: "b")
        options.maxHeaderFields = 3
        var sink = ResponseSink(options: options)
        for line in ["HTTP/1.1 200 OK", "First: 1"] + lines + ["Last: 2", ""] {
            let isAccepted = Array("\(line)\r\n".utf8).withUnsafeBufferPointer { sink.receive(line: $0) }
            #expect(isAccepted)
        }
        #expect(sink.section.fields.map(\.name) == ["First", "A", "Last"])
        #expect(sink.section.fields.map(\.value) == ["1", value, "2"])
        #expect(sink.section.values(of: "a") == [value] && sink.section.values(of: "LAST") == ["2"])
        #expect(sink.section.values(of: "") == [] && sink.section.count == 3)
    }

    @Test("a folded line of nothing but whitespace does not end the header section")
    func blankFold() {
        let sink = sink("A: 1", " \t", "B: 2")
        #expect(sink.section.fields.map(\.name) == ["A", "B"])
        #expect(sink.section.values(of: "a") == ["1"])
    }
}

extension TransportTests {
    @Suite("Large responses") struct LargeResponses {
        @Test("a body of several mebibytes arrives whole, in chunks or with its length, up to the limit")
        func whole() async throws {
            let body = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let server = try ScriptedServer { connection in
                while let request = connection.readRequest() {
                    if request.line.contains("/chunks") {
                        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                        var rest = body[...]
                        while !rest.isEmpty {
                            let piece = rest.prefix(70_001)
                            let size = String(piece.count, radix: 16)
                            connection.send(Array("\(size)\r\n".utf8) + piece + Array("\r\n".utf8))
                            rest = rest.dropFirst(piece.count)
                        }
                        connection.send("0\r\n\r\n")
                    } else {
                        connection.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body)
                    }
                }
            }
            for limit in [body.count, body.count - 1] {
                try await withTransport(configure: { $0.maxResponseBody = limit }) { transport, backend in
                    for path in ["/chunks", "/length", "/chunks"] {
                        let request = TransportRequest(backend: backend, url: server.url(path))
                        if limit == body.count {
                            let answer = try await transport.send(request).body
                            #expect(answer == body)
                        } else {
                            #expect(await transport.failure(request) == .tooLarge(limit: limit))
                        }
                    }
                }
            }
        }
    }
}
