import NIOCore
import Testing

@testable import CurlTransport
@testable import Gateway

/// How long a body is that passes through: what the client is told holds for what it gets.
@Suite("Lengths of bodies that pass")
struct BodyLengthTests {
    private static func section(_ lines: [String]) -> HeaderSection {
        HeaderSection(
            lines.map { line in
                let parts = line.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false)
                return HeaderField(name: String(parts[0]), value: String(parts[1]))
            }
        )
    }

    @Test(
        "one length is told, however often it is said; with a transfer coding there is none",
        arguments: [
            (["Content-Length: 5"], 5), (["content-length: 5", "Content-Length: 5"], 5), (["Content-Length: 5, 5"], 5),
            (["Content-Length: 0"], 0), ([], nil), (["Transfer-Encoding: chunked"], nil),
            (["Content-Length: 3", "Transfer-Encoding: chunked"], nil),
            (["Transfer-Encoding: identity", "Content-Length: 3"], nil),
        ] as [([String], Int?)]
    )
    func told(lines: [String], length: Int?) throws {
        let announced = try BodyLength.announced(by: Self.section(lines))
        #expect(announced == length)
    }

    @Test(
        "lengths that differ, or are none, are no reply",
        arguments: [
            ["Content-Length: 5", "Content-Length: 6"], ["Content-Length: 5, 6"], ["Content-Length: -1"],
            ["Content-Length: +5"], ["Content-Length: 0x5"], ["Content-Length: 5,"], ["Content-Length: "],
            ["Content-Length: 99999999999999999999"],
        ]
    )
    func refused(lines: [String]) {
        #expect(throws: TransportError.self) { try BodyLength.announced(by: Self.section(lines)) }
    }

    @Test("no byte beyond the length goes out, and one that is missing shows")
    func held() {
        func taken(_ length: Int?, _ pieces: [String]) -> (text: String, hasAll: Bool) {
            let stream = ReplyStream(length: length, took: { _ in }, whenDiscarded: {})
            for piece in pieces { stream.append(ByteBuffer(string: piece)) }
            var text = ""
            while case .bytes(let bytes) = stream.next() { text += String(buffer: bytes) }
            return (text, stream.hasAll)
        }
        #expect(taken(5, ["abc", "de"]) == ("abcde", true))
        #expect(taken(5, ["abc", "defg", "h"]) == ("abcde", false))
        #expect(taken(5, ["abc"]) == ("abc", false))
        #expect(taken(0, ["abc"]) == ("", false))
        #expect(taken(nil, ["abc", "de"]) == ("abcde", true))
    }
}
