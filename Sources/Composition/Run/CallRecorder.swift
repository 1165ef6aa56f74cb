public import CurlTransport

/// What the requests to backends of one request have come to, one record each: for its line in the log and for its trace.
///
/// `@unchecked Sendable`: touched on the loop's thread alone by what answers the request, and read there when the reply is
/// made.
public final class CallRecorder: @unchecked Sendable {
    public enum Outcome: Hashable, Sendable {
        /// It has not ended: it was broken off, or goes on after the reply.
        case none
        /// The backend's response.
        case status(Int)
        /// There was none, by ``TransportError/proxyStatusError``.
        case failed(String)
        /// Nothing was sent: the cache, or another request's answer, had this status.
        case kept(Int)
    }

    public struct Record: Sendable {
        /// The call's name.
        public var call: String
        public var backend: String
        public var method: String
        public var url: String
        /// Nanoseconds of `MonotonicClock`.
        public var start: UInt64
        public var end: UInt64
        public var outcome: Outcome
        /// How often it was sent: twice where a connection was lost that had been idle.
        public var attempts: Int
        /// Of the span in the trace that the backend was told; 0 without a trace.
        public var spanID: UInt64
    }

    /// The id and the field of a request to a backend, in the trace of the request that causes it.
    public struct TraceField: Sendable {
        public var spanID: UInt64
        public var traceparent: String

        public init(spanID: UInt64, traceparent: String) {
            self.spanID = spanID
            self.traceparent = traceparent
        }
    }

    /// In the order in which they were sent.
    public private(set) var records: [Record] = []
    /// By the number of an exchange, the place of its record.
    private var places: [Int] = []
    private let nextField: (@Sendable () -> TraceField)?
    /// What is passed on of the trace where a request has no span of its own.
    private let traceparent: String?
    private var isClosed = false

    /// - Parameters:
    ///   - traceparent: the field that all requests have, in whose place comes each one's own.
    ///   - nextField: makes the next request's place in the trace; nil where nothing is traced.
    public init(traceparent: String? = nil, nextField: (@Sendable () -> TraceField)? = nil) {
        self.traceparent = traceparent
        self.nextField = nextField
    }

    /// Nothing is recorded any more: what is still sent is for later requests.
    public func close() { isClosed = true }

    /// A request is about to be sent that is no exchange of a composition: it is the only one.
    ///
    /// - Returns: its field of the trace.
    public func record(_ call: String, backend: String, method: String, url: String) -> HeaderField? {
        let field = nextField?()
        add(call, backend: backend, method: method, url: url, spanID: field?.spanID, at: MonotonicClock.now())
        return field.map { HeaderField(name: "traceparent", value: $0.traceparent) }
    }

    /// It has ended.
    public func endRecord(_ outcome: Outcome) {
        guard let last = records.indices.last else { return }
        records[last].end = MonotonicClock.now()
        records[last].outcome = outcome
    }

    /// A request is about to be sent. It gets its own place in the trace, unless its call has a `traceparent` of its own.
    func begin(_ exchange: Int, _ call: String, _ request: inout TransportRequest, at now: UInt64) {
        guard !isClosed else { return }
        let place = request.headers.firstIndex { HeaderValidation.equal($0.name, "traceparent") }
        var spanID: UInt64?
        if let place, request.headers[place].value == traceparent, let field = nextField?() {
            request.headers[place].value = field.traceparent
            spanID = field.spanID
        }
        while places.count <= exchange { places.append(-1) }
        places[exchange] = records.count
        let backend = request.backend.options.name
        add(call, backend: backend, method: request.method, url: request.url, spanID: spanID, at: now)
    }

    private func add(_ call: String, backend: String, method: String, url: String, spanID: UInt64?, at now: UInt64) {
        records.append(
            Record(
                call: call,
                backend: backend,
                method: method,
                url: url,
                start: now,
                end: now,
                outcome: .none,
                attempts: 1,
                spanID: spanID ?? 0
            )
        )
    }

    /// A request has ended.
    ///
    /// - Parameter known: what the cache knows of it, where it went through one.
    func end(_ exchange: Int, _ outcome: Result<TransportResponse, TransportError>, _ known: Outcome?, at now: UInt64) {
        guard places.indices.contains(exchange), records.indices.contains(places[exchange]) else { return }
        let place = places[exchange]
        records[place].end = now
        switch outcome {
        case .success(let response):
            records[place].outcome = known ?? .status(response.status)
            records[place].attempts = response.timings.attempts
        case .failure(.cancelled):
            records[place].outcome = .none
        case .failure(let error):
            records[place].outcome = .failed(error.proxyStatusError)
        }
    }
}
