/// What a fixture answers, as its file says it.
public struct CannedResponse: Sendable {
    /// 200 to 599.
    public var status: Int
    /// In the order of the file; a list gives one line per value. Names and values were checked when the file was read.
    public var headers: [(name: String, value: String)]
    /// The bytes to send; nil where the file has no body.
    public var body: [UInt8]?
    /// How long the answer is held back once the request was read, at most an hour. With `Fault.slow` it is instead the
    /// time from the headers to the last byte of the body.
    public var delay: ReplayDelay?
    public var fault: Fault?
    /// Makes the headers and the body of the request, which then take the place of those above.
    var template: AnswerTemplate?

    public init(
        status: Int = 200,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        delay: ReplayDelay? = nil,
        fault: Fault? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.delay = delay
        self.fault = fault
    }

    /// How a backend misbehaves. Each happens after the whole request was read and, but for `timeout` and `slow`, after
    /// the delay.
    public enum Fault: String, CaseIterable, Sendable {
        /// Nothing is sent; the connection ends with a TCP reset (RST).
        case reset
        /// Nothing is ever sent; the connection stays open until the client or the server's shutdown closes it.
        case timeout
        /// Status, headers and the full `Content-Length`, then the first half of the body, then an orderly close (FIN).
        case truncate
        /// A line that is not HTTP, then an orderly close.
        case malformed
        /// Status and headers at once, then the body in at most twenty pieces spread evenly over the delay (two seconds
        /// when the file names none). The response is complete, and the connection stays usable.
        case slow
    }
}
