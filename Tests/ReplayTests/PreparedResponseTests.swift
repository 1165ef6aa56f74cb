import NIOCore
import Testing

@testable import Replay

@Suite("The bytes and the times of a response")
struct PreparedResponseTests {
    private func text(_ delivery: Delivery) -> String {
        delivery.steps.map { String(buffer: $0.bytes) }.joined()
    }

    @Test("a plain response is one piece, at once")
    func plain() {
        let response = CannedResponse(status: 201, headers: [("ETag", "\"7\"")], body: Array("{}".utf8))
        let delivery = PreparedResponse(response).ordinary
        #expect(text(delivery) == "HTTP/1.1 201 Created\r\nETag: \"7\"\r\nContent-Length: 2\r\n\r\n{}")
        #expect(delivery.steps.map(\.after) == [.zero])
        #expect(delivery.ending == .nextRequest)
    }

    @Test("the answer to a HEAD has the length and no body; the last one says that the connection closes")
    func head() {
        let response = PreparedResponse(CannedResponse(body: Array("{}".utf8)))
        #expect(
            text(response.delivery(isHead: true, keepsAlive: true)) == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
        )
        let last = response.delivery(isHead: false, keepsAlive: false)
        #expect(text(last) == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        #expect(last.ending == .close)
    }

    @Test("a 204 has no length", arguments: [204, 304])
    func noContent(status: Int) {
        #expect(!text(PreparedResponse(CannedResponse(status: status)).ordinary).contains("Content-Length"))
    }

    @Test("slow spreads the body evenly over the delay")
    func slow() {
        let body = (0..<100).map { UInt8($0) }
        let response = CannedResponse(body: body, delay: .milliseconds(200), fault: .slow)
        let delivery = PreparedResponse(response).ordinary
        #expect(delivery.steps.count == 21)
        #expect(delivery.steps.first?.after == .zero)
        #expect(delivery.steps.dropFirst().map(\.after) == (1...20).map { .milliseconds($0 * 10) })
        #expect(delivery.steps.dropFirst().flatMap { Array($0.bytes.readableBytesView) } == body)
        #expect(delivery.endsAfter == .milliseconds(200))
        let short = PreparedResponse(CannedResponse(body: [1, 2, 3], fault: .slow)).ordinary
        #expect(short.steps.count == 4)
        #expect(short.endsAfter == .seconds(2))
    }

    @Test("truncate keeps the full length and sends half")
    func truncate() {
        let delivery = PreparedResponse(CannedResponse(body: Array("12345678".utf8), fault: .truncate)).ordinary
        #expect(text(delivery) == "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n1234")
        #expect(delivery.ending == .close)
    }

    @Test("a delay holds the whole answer back, and the reset too")
    func delay() {
        let delayed = PreparedResponse(CannedResponse(delay: .milliseconds(30))).ordinary
        #expect(delayed.steps.map(\.after) == [.milliseconds(30)])
        let reset = PreparedResponse(CannedResponse(delay: .milliseconds(30), fault: .reset)).ordinary
        #expect(reset.steps.isEmpty)
        #expect(reset.endsAfter == .milliseconds(30))
        #expect(reset.ending == .reset)
    }
}
