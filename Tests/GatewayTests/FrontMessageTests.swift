import Foundation
import NIOCore
import Testing

@testable import Gateway

@Suite("Front: targets, problems and reply heads")
struct FrontMessageTests {
    @Test("an origin-form target is split at its first question mark")
    func originForm() throws {
        let target = try RequestTarget(parsing: "/a/b?c=d?e&f", method: "GET")
        #expect(target == (try RequestTarget(parsing: "/a/b?c=d?e&f", method: "POST")))
        #expect(target.path == "/a/b")
        #expect(target.query == "c=d?e&f")
        #expect(target.authority == nil)
        #expect(try RequestTarget(parsing: "/a", method: "GET").query == nil)
        #expect(try RequestTarget(parsing: "/a?", method: "GET").query == "")
    }

    @Test("two slashes at the start are a path, not a host")
    func doubleSlash() throws {
        #expect(try RequestTarget(parsing: "//evil/a", method: "GET").path == "//evil/a")
    }

    @Test("an empty target and one of a wrong form are refused", arguments: ["", "a", "http://", "http:/a", "?", "*"])
    func wrongForms(target: String) {
        #expect(throws: RequestTarget.Failure.unsupportedForm) { try RequestTarget(parsing: target, method: "GET") }
    }

    @Test("a problem has the members of RFC 9457, then its own")
    func problem() throws {
        let problem = Problem(
            status: 504,
            type: Problem.type("call-timed-out"),
            detail: "The call \"user\" took too long.",
            instance: "/home/1",
            extensions: [
                .init("call", .string("user")), .init("status", .int(200)),
                .init("limits", .array([.int(-1), .bool(true)])),
                .init("at", .object([.init("line", .int(3))])),
            ]
        )
        #expect(
            String(decoding: problem.json, as: UTF8.self)
                == #"{"type":"urn:problem-type:medley:call-timed-out","title":"Gateway Timeout","status":504,"#
                + #""detail":"The call \"user\" took too long.","instance":"/home/1","call":"user","#
                + #""limits":[-1,true],"at":{"line":3}}"#
        )
        let reply = problem.reply(headers: [("Retry-After", "1")])
        #expect(reply.status == 504)
        #expect(reply.headers.map(\.0) == ["Content-Type", "Cache-Control", "Retry-After"])
    }

    @Test("about:blank is the type of a problem that says no more than its status")
    func blankProblem() {
        #expect(
            String(decoding: Problem(status: 404).json, as: UTF8.self)
                == #"{"type":"about:blank","title":"Not Found","status":404}"#
        )
    }

    @Test("whatever is in a string, its JSON reads back as the same")
    func jsonText() throws {
        let scalars = (0..<0x3000).compactMap(Unicode.Scalar.init) + ["\u{FEFF}", "\u{FFFF}", "\u{10FFFF}"]
        let text = String(String.UnicodeScalarView(scalars))
        var bytes: [UInt8] = []
        JSONText.append([text].joined(), to: &bytes)
        #expect(!bytes.contains { $0 < 0x20 })
        let read = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) as? String
        #expect(read.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test("fields of the front's own, and fields that could break the message, are not sent")
    func unsendable() {
        let own = ["Date", "SERVER", "connection", "Keep-Alive", "Upgrade", "content-length", "Transfer-Encoding"]
        for name in own + ["X-Request-ID", "", "a b", "a:b", "a\r\nb", "\u{E9}"] {
            #expect(!ReplyEncoder.isSendable(name, "v"))
        }
        for value in ["a\r\nb", "a\nb", "a\rb", "\u{0}"] {
            #expect(!ReplyEncoder.isSendable("X-A", value))
        }
        #expect(ReplyEncoder.isSendable("ETag", "\"\u{E9}\""))
        #expect(ReplyEncoder.isSendable("Set-Cookie", ""))
    }

    @Test("a reply is one buffer, its fields in order")
    func encoding() {
        let reply = FrontReply(status: 299, headers: [("B", "1"), ("A", "2"), ("Date", "no")], body: Array("hi".utf8))
        let context = ReplyEncoder.Context(
            isHead: false,
            isLast: true,
            isHTTP10: false,
            requestID: "r",
            dateLine: Array("Date: d\r\n".utf8)
        )
        let (message, bodyBytes) = ReplyEncoder.encode(reply, context: context, allocator: ByteBufferAllocator())
        #expect(bodyBytes == 2)
        #expect(
            String(buffer: message)
                == "HTTP/1.1 299 \r\nDate: d\r\nServer: medley\r\nX-Request-Id: r\r\nContent-Length: 2\r\n"
                + "Connection: close\r\nB: 1\r\nA: 2\r\n\r\nhi"
        )
    }

    @Test(
        "dates are those of the calendar",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ]
    )
    func dates(seconds: Int, text: String) {
        var bytes: [UInt8] = []
        CivilTime(secondsSince1970: seconds).appendIMFFixdate(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test("request ids are unique, and the client's are taken only when they can do no harm")
    func requestIDs() {
        var ids = RequestID()
        let made = Set((0..<10_000).map { _ in ids.make() })
        #expect(made.count == 10_000)
        #expect(made.allSatisfy { RequestID.isWellFormed($0) && $0.utf8.count == 24 })
        for text in ["", " ", "a b", "a\nb", "\u{E9}", "<a>", String(repeating: "a", count: 129)] {
            #expect(!RequestID.isWellFormed(text))
        }
    }
}
