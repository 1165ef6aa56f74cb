import Diagnostics
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP1
import Testing

@testable import Gateway

@Suite("The edge: TLS and HTTP/2")
struct EdgeTests {
    private let names = ServerNames([
        ["default.example.com"], ["api.example.com", "*.example.com"], ["*.api.example.com", "api.example.com"],
    ])

    @Test(
        "a client is shown the certificate of the name that it asks for, else the first",
        arguments: [
            ("default.example.com", 0), ("api.example.com", 1), ("API.Example.COM", 1), ("api.example.com.", 1),
            ("shop.example.com", 1), ("a.api.example.com", 2), ("a.b.api.example.com", 0), ("example.com", 0),
            (".example.com", 0), ("other.org", 0), ("", 0),
        ]
    )
    func serverNames(name: String, place: Int) {
        #expect(names.certificate(for: name) == place)
        #expect(names.certificate(for: nil) == 0)
    }

    @Test(
        "a request of HTTP/2 that means two things is refused",
        arguments: [
            [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "h"), ("connection", "close")],
            [
                (":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "h"),
                ("transfer-encoding", "chunked"),
            ],
            [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "h"), ("te", "gzip")],
            [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "h"), ("host", "other")],
            [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "h"), ("x-a", "b\r\nc: d")],
            [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "h"), ("X-A", "b")],
            [(":method", "GET"), (":scheme", "https"), (":path", "http://h/"), (":authority", "h")],
            [(":method", "GET"), (":scheme", "ftp"), (":path", "/"), (":authority", "h")],
            [(":method", "GET /x"), (":scheme", "https"), (":path", "/"), (":authority", "h")],
            [(":method", "GET"), (":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "h")],
        ]
    )
    func refused(fields: [(String, String)]) {
        #expect(throws: RequestHeadCheck.Refusal.self) { try HTTP2RequestHead.make(HPACKHeaders(fields)) }
    }

    @Test("a request of HTTP/2 has the shape of HTTP/1: its host among the fields, its cookies in one")
    func shape() throws {
        let head = try HTTP2RequestHead.make([
            ":method": "GET", ":scheme": "https", ":path": "/a?b", ":authority": "h:1", "cookie": "a=1", "x": "y",
        ])
        #expect(head.uri == "/a?b")
        #expect(head.headers["host"] == ["h:1"])
        #expect(head.headers["x"] == ["y"])
        let twice = try HTTP2RequestHead.make(
            HPACKHeaders([
                (":method", "GET"), (":scheme", "https"), (":path", "/"), ("host", "h"), ("cookie", "a=1"),
                ("cookie", "b=2"),
            ])
        )
        #expect(twice.headers["cookie"] == ["a=1; b=2"])
        #expect(twice.headers["host"] == ["h"])
    }

    @Test("a stream refuses a body that is too long or too slow, and resets one whose client takes nothing")
    func stream() {
        var limits = FrontLimits()
        limits.maxBodyBytes = 10
        let now = NIODeadline.now()
        var state = HTTP2StreamState(limits: limits)
        state.begin(isComplete: false, now: now)
        #expect(state.receivedBody(bytes: 10) == .append)
        #expect(state.receivedBody(bytes: 1) == .refuse)
        #expect(state.checkDeadlines(now: now) == .none)
        #expect(state.checkDeadlines(now: now + limits.bodyTimeout) == .refuse)
        let isHandled = state.receivedEnd()
        #expect(isHandled)
        #expect(state.checkDeadlines(now: now + limits.bodyTimeout) == .none)
        let isSent = state.replied()
        let isSentTwice = state.replied()
        #expect(isSent && !isSentTwice)
        state.wrote(now: now)
        #expect(state.checkDeadlines(now: now + limits.writeTimeout) == .reset)
        state.written(now: now)
        #expect(state.checkDeadlines(now: now + limits.writeTimeout) == .none)
        state.finishedSending()
        let isLost = state.closed()
        #expect(!isLost)
    }

    @Test("what is written reaches the socket before a close, unless it is closed twice")
    func closing() throws {
        let loop = EmbeddedEventLoop()
        let channel = EmbeddedChannel(handler: CloseAfterWrites(timeout: .seconds(5)), loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        channel.write(IOData.byteBuffer(ByteBuffer(string: "last")), promise: nil)
        channel.close(promise: nil)
        loop.run()
        let written = try channel.readOutbound(as: IOData.self)
        #expect(written == .byteBuffer(ByteBuffer(string: "last")))
        #expect(!channel.isActive)
    }

    @Test("settings name certificates, and what a running gateway cannot take over is named")
    func settings() throws {
        func read(_ text: String) throws -> GatewaySettings {
            let diagnostics = DiagnosticList()
            let file = SourceFile(path: "gateway.json", bytes: Array(text.utf8))
            return try #require(GatewaySettings.read(file: file, environment: [:], diagnostics: diagnostics))
        }
        let one = try read(
            #"{"tls": {"certificates": [{"certificate": "a", "key": "b", "names": ["*.Example.com"]}], "minimumVersion": "1.3"}}"#
        )
        #expect(one.tls?.certificates.first?.names == ["*.example.com"])
        #expect(one.tls?.minimumVersion == .tls13)
        let other = try read(#"{"tls": {"certificates": [{"certificate": "c", "key": "d"}]}}"#)
        #expect(one.fixedKeys(changedIn: other) == [])
        #expect(one.fixedKeys(changedIn: try read("{}")) == ["tls"])
        #expect(try read("{}").fixedKeys(changedIn: try read(#"{"http2": {"resets": 5}}"#)) == ["http2"])
    }
}
