import CurlTransport
import NIOCore
import NIOHTTP1
import Replay

/// What a client of a recording server gets, and what becomes of its connection.
enum ForwardedAnswer: Sendable {
    /// These bytes; the connection stays open.
    case bytes(ByteBuffer)
    /// These bytes, then the end of the connection.
    case last(ByteBuffer)
    /// The end of the connection at once, by a TCP reset.
    case reset
    /// Nothing, until the client has had enough.
    case silence

    /// A backend's response, with a body of known length.
    init(_ response: TransportResponse, isHead: Bool) {
        let status = response.status
        let hasBody = !isHead && status != 204 && status != 304
        var text = "HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n"
        for field in response.headers {
            let name = field.name.lowercased()
            // A HEAD tells the length of what a GET would give.
            guard !VolatileHeaders.framing.contains(name) || isHead && name == "content-length" else { continue }
            text += "\(field.name): \(field.value)\r\n"
        }
        if hasBody { text += "Content-Length: \(response.body.count)\r\n" }
        var buffer = ByteBuffer(string: text + "\r\n")
        if hasBody { buffer.writeBytes(response.body) }
        self = .bytes(buffer)
    }

    /// The failure that looks to the client as the backend's own would.
    init(_ error: TransportError) {
        switch error {
        case .timeout(.connecting), .resolve, .connect, .tls, .certificate, .reset, .queueFull, .invalidRequest,
            .invalidConfiguration, .cancelled, .failure:
            self = .reset
        case .timeout: self = .silence
        case .incomplete: self = .last(Self.head(length: 1))
        case .tooLarge(let limit): self = .last(Self.head(length: limit.addingReportingOverflow(1).partialValue))
        case .badResponse: self = .last(ByteBuffer(staticString: "\u{1}\u{2} this is not HTTP\n"))
        }
    }

    /// A response whose body does not come.
    private static func head(length: Int) -> ByteBuffer {
        ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n")
    }

    /// A request that is too large to be recorded.
    static let tooLarge = ForwardedAnswer.last(
        ByteBuffer(staticString: "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    )
}

extension TransportError {
    /// The fault that a fixture has in the place of this failure; nil for one that is not the backend's.
    var fault: CannedResponse.Fault? {
        switch self {
        case .resolve, .connect, .tls, .certificate, .reset, .timeout(.connecting): .reset
        case .timeout(.queued), .timeout(.resolving): nil
        case .timeout(.waiting), .timeout(.reading): .timeout
        case .incomplete: .truncate
        case .badResponse: .malformed
        case .tooLarge, .queueFull, .invalidRequest, .invalidConfiguration, .cancelled, .failure: nil
        }
    }
}
