public import CurlTransport
public import JSONSlices

/// Who asks, as the expressions of an endpoint see it.
public struct RequestCaller: Sendable {
    public var consumer: String?
    /// An object.
    public var claims: JSONSlice

    public init(consumer: String?, claims: JSONSlice) {
        self.consumer = consumer
        self.claims = claims
    }
}

/// What a plan needs to know of a client's request. The front has checked its form.
///
/// A class, since it is handed from step to step and has a dozen references.
public final class EndpointRequest: Sendable {
    public let method: String
    /// Before the `?`, as received.
    public let path: String
    /// The texts of the pattern's parameters in their order, as received: still percent-encoded.
    public let pathParameters: [String]
    /// After the `?`, as received.
    public let query: String?
    public let body: [UInt8]
    /// The values of a header, by lower-case name.
    public let header: @Sendable (String) -> [String]
    /// Sent along with every call: the trace's context and the request's id.
    public let forwarded: [HeaderField]
    /// What the front calls the request, in its log and to backends.
    public let id: String
    /// The time of day, UTC by RFC 3339 with milliseconds. Asked once at most, and only where the composition reads it.
    public let time: @Sendable () -> String
    /// Nil for one who has not said.
    public let caller: RequestCaller?
    /// The client's IP address: the peer's, or what trusted proxies say of it; nil where it is not known.
    public let address: String?
    /// Drawn for this request, for splits that go by chance; nil: none is, and they go to their heaviest side.
    public let chance: UInt64?
    /// What wants to know of its requests to backends; nil: nobody.
    public let recorder: CallRecorder?

    public init(
        method: String,
        path: String,
        pathParameters: [String],
        query: String?,
        body: [UInt8],
        header: @escaping @Sendable (String) -> [String],
        forwarded: [HeaderField],
        id: String,
        time: @escaping @Sendable () -> String,
        caller: RequestCaller? = nil,
        address: String? = nil,
        chance: UInt64? = nil,
        recorder: CallRecorder? = nil
    ) {
        self.method = method
        self.path = path
        self.pathParameters = pathParameters
        self.query = query
        self.body = body
        self.header = header
        self.forwarded = forwarded
        self.id = id
        self.time = time
        self.caller = caller
        self.address = address
        self.chance = chance
        self.recorder = recorder
    }
}
