import NIOCore
import NIOHTTP1

/// A response whose bytes were laid out at load.
///
/// No `Date` is sent, so that a fixture's answer is the same bytes at any time; a fixture may name one.
struct PreparedResponse: Sendable {
    /// The delivery to a request other than HEAD on a connection that stays open: nearly every one.
    let ordinary: Delivery
    /// Status line and header lines, without the empty line that ends them.
    private let head: [UInt8]
    private let response: CannedResponse
    /// Whether the delay is always as long.
    private let isEven: Bool

    init(_ response: CannedResponse) {
        self.response = response
        self.head = Self.head(of: response)
        switch response.delay {
        case nil, .fixed: isEven = true
        case .between, .spread: isEven = false
        }
        let delay = response.delay?.duration(ofAnswer: 0)
        self.ordinary = Self.delivery(of: response, head: head, isHead: false, keepsAlive: true, delay: delay)
    }

    /// - Parameters:
    ///   - number: how many answers of the fixture came before.
    ///   - salt: as of `ReplayDelay.duration(ofAnswer:salt:)`.
    func delivery(isHead: Bool, keepsAlive: Bool, number: Int = 0, salt: UInt64 = 0) -> Delivery {
        if !isHead, keepsAlive, isEven { return ordinary }
        let delay = response.delay?.duration(ofAnswer: number, salt: salt)
        return Self.delivery(of: response, head: head, isHead: isHead, keepsAlive: keepsAlive, delay: delay)
    }

    private static let slowTotal = Duration.seconds(2)
    private static let slowPieces = 20
    private static let garbage = ByteBuffer(string: "\u{1}\u{2} this is not HTTP\n")

    private static func head(of response: CannedResponse) -> [UInt8] {
        let status = HTTPResponseStatus(statusCode: response.status)
        var text = "HTTP/1.1 \(response.status) \(status.reasonPhrase)\r\n"
        for (name, value) in response.headers { text += "\(name): \(value)\r\n" }
        if status.mayHaveResponseBody { text += "Content-Length: \(response.body?.count ?? 0)\r\n" }
        return Array(text.utf8)
    }

    private static func delivery(
        of response: CannedResponse,
        head: [UInt8],
        isHead: Bool,
        keepsAlive: Bool,
        delay held: Duration?
    ) -> Delivery {
        let body = isHead ? [] : response.body ?? []
        let delay = held.map { TimeAmount($0) } ?? .zero
        var start = ByteBuffer(bytes: head)
        start.writeStaticString(keepsAlive ? "\r\n" : "Connection: close\r\n\r\n")
        let ending = keepsAlive ? Delivery.Ending.nextRequest : .close
        switch response.fault {
        case nil:
            start.writeBytes(body)
            return Delivery(start, after: delay, ending: ending, isWhole: true)
        case .reset:
            return Delivery(steps: [], ending: .reset, endsAfter: delay, isWhole: false)
        case .timeout:
            return Delivery(steps: [], ending: .hang, endsAfter: .zero, isWhole: false)
        case .truncate:
            start.writeBytes(body.prefix(body.count / 2))
            return Delivery(start, after: delay, ending: .close, isWhole: false)
        case .malformed:
            return Delivery(garbage, after: delay, ending: .close, isWhole: false)
        case .slow:
            return slow(start, body, total: TimeAmount(held ?? slowTotal), ending: ending)
        }
    }

    private static func slow(
        _ start: ByteBuffer,
        _ body: [UInt8],
        total: TimeAmount,
        ending: Delivery.Ending
    ) -> Delivery {
        let count = min(slowPieces, body.count)
        var steps = [Delivery.Step(after: .zero, bytes: start)]
        for piece in 0..<count {
            let bytes = body[body.count * piece / count..<body.count * (piece + 1) / count]
            let after = TimeAmount.nanoseconds(total.nanoseconds / Int64(count) * Int64(piece + 1))
            steps.append(Delivery.Step(after: after, bytes: ByteBuffer(bytes: bytes)))
        }
        return Delivery(steps: steps, ending: ending, endsAfter: count == 0 ? .zero : total, isWhole: true)
    }
}

extension HTTPResponseStatus {
    /// A 204 and a 304 end with their headers (RFC 9112, section 6.3).
    var mayHaveResponseBody: Bool { code != 204 && code != 304 }
}
