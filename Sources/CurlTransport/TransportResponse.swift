/// What came back, complete.
public final class TransportResponse: Sendable {
    /// 200 to 999: interim (1xx) responses are not reported.
    public let status: Int

    /// The fields of the last response, in the order received; of no redirect before it, and no trailer.
    ///
    /// `Content-Encoding` and `Content-Length` describe the bytes on the wire, while `body` is decoded.
    public let section: HeaderSection

    /// The fields as texts, made anew each time.
    public var headers: [HeaderField] { section.fields }

    /// The content, decoded from gzip, deflate and br.
    public let body: [UInt8]

    /// Where the time went.
    public let timings: TransferTimings

    /// A response from elsewhere than a transfer: one that was kept.
    public init(status: Int, section: HeaderSection, body: [UInt8], timings: TransferTimings = .none) {
        self.status = status
        self.section = section
        self.body = body
        self.timings = timings
    }
}

extension TransportResponse {
    /// The first field of that name, compared without regard to ASCII case.
    public func header(_ name: String) -> String? {
        section.values(of: name).first
    }
}

/// Microseconds since `perform` was called, each point later than the one before.
public struct TransferTimings: Hashable, Sendable {
    /// Admitted by the backend's limits, and the name resolved.
    public let queue: Int

    /// Connected, the TLS handshake included; equal to `queue`, nearly, on a connection that was open already.
    public let connect: Int

    /// The first byte of the response.
    public let firstByte: Int

    /// The last byte of the response.
    public let total: Int

    /// How often the request was sent: 2 where a connection that had been idle was lost before any answer.
    public let attempts: Int

    /// Of a response that took no transfer.
    public static let none = TransferTimings(queue: 0, connect: 0, firstByte: 0, total: 0)

    public init(queue: Int, connect: Int, firstByte: Int, total: Int, attempts: Int = 1) {
        self.queue = queue
        self.connect = connect
        self.firstByte = firstByte
        self.total = total
        self.attempts = attempts
    }
}
