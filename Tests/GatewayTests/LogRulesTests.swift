import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Testing

@testable import Composition
@testable import Gateway
@testable import Telemetry

@Suite("The log: what is told of a request")
struct LogRulesTests {
    private func entry(_ path: String = "/a") -> AccessEntry {
        var reply = ReplyLog(endpoint: "GET /a")
        reply.consumer = "mobile"
        reply.calls = [
            LoggedCall(record("user", .status(200))), LoggedCall(record("offers", .failed("dns_error"), attempts: 2)),
        ]
        let context = TraceContext(traceID: .init(high: 1, low: 2), spanID: 3, isSampled: true)
        return AccessEntry(
            method: "GET",
            path: path,
            status: 200,
            bytes: 3,
            duration: .microseconds(1_500),
            remoteAddress: "::1",
            requestID: "id",
            reply: reply,
            details: RequestDetails(
                span: ServerSpan(context: context, parent: nil, host: nil, userAgent: nil, isSecure: false),
                headers: [("user-agent", "a \"b\"\r\nfake=1")],
                query: "page=2"
            )
        )
    }

    private func record(_ name: String, _ outcome: CallRecorder.Outcome, attempts: Int = 1) -> CallRecorder.Record {
        CallRecorder.Record(
            call: name,
            backend: "users",
            method: "GET",
            url: "http://u/x?secret=1",
            start: 1_000_000,
            end: 13_345_000,
            outcome: outcome,
            attempts: attempts,
            spanID: 7
        )
    }

    private func line(_ format: LogFormat, _ entry: AccessEntry) -> String {
        var bytes: [UInt8] = []
        let metadata: Logger.Metadata = [AccessLog.metadataKey: .stringConvertible(entry)]
        let line = LogFormat.Line(
            time: (784_111_777, 42),
            level: .info,
            label: "l",
            message: "request",
            metadata: metadata
        )
        format.append(line, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("logfmt has every field, and one line")
    func logfmt() {
        #expect(
            line(.logfmt, entry())
                == "time=1994-11-06T08:49:37.042Z level=info message=request logger=l method=GET path=/a "
                + "query=\"page=2\" status=200 bytes=3 durationMs=1.500 endpoint=\"GET /a\" remote=::1 requestId=id "
                + "consumer=mobile traceId=00000000000000010000000000000002 spanId=0000000000000003 "
                + #"headers.user-agent="a \"b\"\r\nfake=1" "#
                + "calls.0.name=user calls.0.backend=users calls.0.status=200 calls.0.durationMs=12.345 "
                + "calls.1.name=offers calls.1.backend=users calls.1.outcome=dns_error calls.1.durationMs=12.345 "
                + "calls.1.attempts=2\n"
        )
    }

    @Test("JSON has the same")
    func json() throws {
        let text = line(.json, entry())
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["query"] as? String == "page=2")
        #expect(object["consumer"] as? String == "mobile")
        #expect(object["traceId"] as? String == "00000000000000010000000000000002")
        #expect((object["headers"] as? [String: String])?["user-agent"] == "a \"b\"\r\nfake=1")
        let calls = try #require(object["calls"] as? [[String: Any]])
        #expect(calls.map { $0["name"] as? String } == ["user", "offers"])
        #expect(calls[0]["status"] as? Int == 200 && calls[1]["outcome"] as? String == "dns_error")
        #expect(text.filter { $0 == "\n" }.count == 1)
        #expect(!text.contains("secret"))
    }

    @Test("no format lets a value begin a line", arguments: [LogFormat.logfmt, .json, .text(colour: false)])
    func forging(format: LogFormat) {
        let text = line(format, entry("/a\r\ntime=1 level=error\u{85}\u{2028}x\u{1B}[2J"))
        #expect(text.utf8.filter { $0 == 0x0A }.count == 1 && text.utf8.last == 0x0A)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7F..<0xA0).contains($0.value) })
        #expect(!text.contains("\u{2028}"))
    }

    @Test("credentials are never told, whatever is asked for")
    func redaction() {
        var headers = HTTPHeaders()
        let secrets = ["Authorization", "Cookie", "X-Api-Key", "X-Session-Token", "Proxy-Authorization", "X-Partner"]
        for name in secrets { headers.add(name: name, value: "hunter2") }
        headers.add(name: "Accept", value: "a")
        headers.add(name: "Accept", value: String(repeating: "b", count: 400))
        let names = (secrets + ["Accept", "Missing"]).map { $0.lowercased() }
        let values = LoggedHeaders.values(of: names, in: headers, credentials: ["x-partner"])
        #expect(!values.contains { $0.value.contains("hunter2") })
        #expect(values.filter { $0.value == LoggedHeaders.redacted }.count == secrets.count)
        #expect(values.last?.name == "accept")
        #expect(values.last?.value.utf8.count == LoggedHeaders.maximumLength + 3)
    }

    @Test("of a query, only named parameters are told")
    func query() {
        #expect(LoggedHeaders.parameters(["page", "q"], of: "token=x&page=2&q=&pages=3&page=4") == "page=2&q=&page=4")
        #expect(LoggedHeaders.parameters(["page"], of: "token=x") == nil)
        #expect(LoggedHeaders.parameters([], of: "a=1") == nil)
    }

    @Test("errors and slow requests are logged whatever the share")
    func sampling() {
        var rules = LogRules()
        rules.sample = 0
        rules.slow = .seconds(1)
        #expect(!rules.mustLog(status: 404, nanoseconds: 999_999_999))
        #expect(rules.mustLog(status: 500, nanoseconds: 0))
        #expect(rules.mustLog(status: 200, nanoseconds: 1_000_000_000))
        rules.errorsFrom = 400
        #expect(rules.mustLog(status: 404, nanoseconds: 0) && !rules.mustLog(status: 302, nanoseconds: 0))
    }
}
