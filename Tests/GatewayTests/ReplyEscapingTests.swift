import Foundation
import Testing

@testable import Gateway

@Suite("Values in replies")
struct ReplyEscapingTests {
    private static let composition = #"""
        {"endpoint": "POST /a",
         "calls": {"u": {"backend": "users", "path": "/u"}},
         "response": {
           "headers": {"X-V": "{request.body.v}", "X-Text": "a{request.body.v}b",
                       "Set-Cookie": "{request.body.cookies}", "X-Last": "1"},
           "body": {"u": "{u}", "v": "{request.body.v}"}}}
        """#

    private static let pieces = [
        "x", "é", "🎉", "\u{2028}", "\u{FEFF}", "\r\n", "\n", "\r", "\u{0}", "\t", " ", "\u{1B}", "\u{7F}", "\u{85}",
        ":", ",",
        ";", "\"", "\\", "\r\nX-Evil: 1", "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "Content-Length: 5",
        "%0d%0a",
    ]

    @Test("no text of a client adds a line to a reply, or ends its header section")
    func headerLines() async throws {
        let texts = Self.pieces + Self.pieces.flatMap { piece in Self.pieces.map { "x\(piece)\($0)y" } }
        try await withGateway(
            [Self.composition],
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"body": 1}}"#]
        ) { port, gateway, _ in
            let client = try FrontTestClient(port: port)
            let names = fieldNames(try await client.exchange(request("plain")))
            #expect(names.contains("x-v") && names.filter { $0 == "set-cookie" }.count == 2)
            for text in texts {
                let reply = try await client.exchange(request(text))
                let isSent = text.unicodeScalars.allSatisfy { ($0.value >= 0x20 && $0.value != 0x7F) || $0 == "\t" }
                #expect(reply.status == (isSent ? 200 : 500), "\(text.debugDescription)")
                guard isSent else {
                    #expect(!fieldNames(reply).contains { $0.contains("evil") })
                    #expect(reply.body.contains(#""member":"response.headers.X-V""#), "\(reply.body)")
                    continue
                }
                #expect(fieldNames(reply) == names, "\(text.debugDescription)")
                // The client reads bytes beyond ASCII one by one.
                let expected = "a\(text)b".utf8.map { $0 < 0x80 ? Character(Unicode.Scalar($0)) : "\u{FFFD}" }
                #expect(value("x-text", reply) == Array(String(expected).utf8), "\(text.debugDescription)")
            }
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    private func request(_ text: String) throws -> String {
        let literal = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
        let body = #"{"v": \#(literal), "cookies": [\#(literal), "b=2"]}"#
        return "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private func lines(_ reply: FrontTestClient.Reply) -> [[UInt8]] {
        Array(reply.head.utf8).split(separator: 13).map { Array($0.drop { $0 == 10 }) }.filter { !$0.isEmpty }
    }

    private func fieldNames(_ reply: FrontTestClient.Reply) -> [String] {
        lines(reply).dropFirst().map {
            String(decoding: $0.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased()
        }
    }

    private func value(_ name: String, _ reply: FrontTestClient.Reply) -> [UInt8]? {
        lines(reply).first {
            String(decoding: $0.prefix(name.utf8.count + 1), as: UTF8.self).lowercased() == name + ":"
        }
        .map { Array($0.dropFirst(name.utf8.count + 2)) }
    }
}
