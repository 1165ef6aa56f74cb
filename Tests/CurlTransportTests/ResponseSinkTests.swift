import Testing

@testable import CurlTransport

@Suite("Response sink") struct ResponseSinkTests {
    private func sink(_ change: (inout BackendOptions) -> Void = { _ in }) -> ResponseSink {
        var options = BackendOptions(name: "b")
        change(&options)
        return ResponseSink(options: options)
    }

    @discardableResult
    private func feed(_ sink: inout ResponseSink, _ lines: String...) -> Bool {
        lines.allSatisfy { line in
            Array("\(line)\r\n".utf8).withUnsafeBufferPointer { sink.receive(line: $0) }
        }
    }

    private func feed(_ sink: inout ResponseSink, body: String) -> Bool {
        Array(body.utf8).withUnsafeBytes { sink.receive(body: $0) }
    }

    @Test("only the last response's header is kept: of interim responses and redirects nothing is left")
    func lastResponse() {
        var sink = sink()
        feed(&sink, "HTTP/1.1 103 Early Hints", "Link: x", "")
        feed(&sink, "HTTP/1.1 302 Found", "Location: y", "")
        feed(&sink, "HTTP/2 200", "A: 1", "b:2", "A:  3 ", "")
        #expect(sink.status == 200)
        #expect(sink.section.fields.map(\.name) == ["A", "b", "A"])
        #expect(sink.section.fields.map(\.value) == ["1", "2", "3"])
    }

    @Test("trailers are dropped, folded lines joined, fields without a name skipped")
    func oddLines() {
        var sink = sink()
        feed(&sink, "HTTP/1.1 200 OK", "A: one", "\t two", ": x", "nonsense", "")
        feed(&sink, "Trailer: x", "")
        #expect(sink.section.fields == [HeaderField(name: "A", value: "one two")])
    }

    @Test("a line that looks like a status line is none among fields and in trailers")
    func falseStatusLines() {
        var sink = sink()
        feed(&sink, "HTTP/1.1 200 OK", "A: 1", "HTTP/1.1 500 No", "B: 2", "")
        feed(&sink, "HTTP/1.1 204 No", "C: 3", "")
        #expect(sink.status == 200)
        #expect(sink.section.fields.map(\.name) == ["A", "B"])
    }

    @Test("interim responses without end are one header section")
    func interimFlood() {
        var sink = sink { $0.maxHeaderBytes = 1000 }
        let accepted = (0..<1000).prefix { _ in feed(&sink, "HTTP/1.1 103 Early Hints", "Link: x", "") }.count
        #expect(accepted < 40)
        #expect(sink.failure != nil)
    }

    @Test("the header section is bounded in bytes and in fields")
    func headerLimits() {
        var few = sink { $0.maxHeaderFields = 2 }
        #expect(!feed(&few, "HTTP/1.1 200 OK", "A: 1", "B: 2", "C: 3"))
        var small = sink { $0.maxHeaderBytes = 40 }
        #expect(!feed(&small, "HTTP/1.1 200 OK", "A: " + String(repeating: "x", count: 40)))
        guard case .badResponse = small.failure else {
            Issue.record("no failure")
            return
        }
    }

    @Test("the body is bounded while it arrives, whatever was announced", arguments: ["4", "-1", "x", "", "1e9"])
    func bodyLimit(announced: String) {
        var sink = sink { $0.maxResponseBody = 5 }
        feed(&sink, "HTTP/1.1 200 OK", "Content-Length: \(announced)", "")
        #expect(feed(&sink, body: "12345"))
        #expect(!feed(&sink, body: "6"))
        #expect(sink.failure == .tooLarge(limit: 5))
    }

    @Test("a body announced as too large is not read, and what is believed of a claim is bounded")
    func announcement() {
        var large = sink { $0.maxResponseBody = 5 }
        feed(&large, "HTTP/1.1 200 OK", "Content-Length: 6", "")
        #expect(!feed(&large, body: "1"))
        var claim = sink { $0.maxResponseBody = 1 << 40 }
        feed(&claim, "HTTP/1.1 200 OK", "Content-Length: 1000000000000", "")
        #expect(feed(&claim, body: "1"))
        #expect(claim.body.capacity < 65 << 20)
    }
}
