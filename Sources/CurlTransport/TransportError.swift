/// Why there is no response. Details are for an operator's log, never for a client.
public enum TransportError: Error, Hashable, Sendable {
    /// What a transfer was doing when its time ended.
    public enum Phase: String, Hashable, Sendable, CaseIterable {
        /// Waiting for a place among the backend's requests in flight.
        case queued
        /// Waiting for the name's addresses.
        case resolving
        /// TCP connect or TLS handshake.
        case connecting
        /// Sending the request, or sent and no byte of the response yet.
        case waiting
        /// The response has begun.
        case reading
    }

    /// The name has no address, or the resolver failed.
    case resolve(detail: String)
    /// No TCP connection: refused, unreachable, or the proxy would not open a tunnel.
    case connect(detail: String)
    /// The handshake failed for another reason than the peer's certificate.
    case tls(detail: String)
    /// The peer's certificate could not be verified.
    case certificate(detail: String)
    /// The time was over, the request's or the one for connecting.
    case timeout(Phase)
    /// The connection ended before a response was complete, or a request that must not be sent twice would have been.
    case reset(detail: String)
    /// The body ended before its announced length.
    case incomplete(detail: String)
    /// The body passed the backend's limit, in bytes.
    case tooLarge(limit: Int)
    /// Not HTTP, too many header fields, an unknown content coding, too many redirects.
    case badResponse(detail: String)
    /// As many requests wait for this backend as may.
    case queueFull
    /// Refused before anything was sent.
    case invalidRequest(detail: String)
    /// The transport's settings cannot work. Thrown while it is made, never by a request.
    case invalidConfiguration(detail: String)
    /// The task was cancelled, or the transport shut down.
    case cancelled
    /// libcurl could not do what it was asked to; its code and words.
    case failure(code: Int, detail: String)
}

extension TransportError {
    /// The error type of RFC 9209, section 2.3, that tells a client what happened.
    public var proxyStatusError: String {
        switch self {
        case .resolve: "dns_error"
        case .connect: "connection_refused"
        case .tls: "tls_protocol_error"
        case .certificate: "tls_certificate_error"
        case .timeout(.queued): "connection_limit_reached"
        case .timeout(.resolving): "dns_timeout"
        case .timeout(.connecting): "connection_timeout"
        case .timeout(.waiting), .timeout(.reading): "http_response_timeout"
        case .reset: "connection_terminated"
        case .incomplete: "http_response_incomplete"
        case .tooLarge: "http_response_body_size"
        case .badResponse: "http_protocol_error"
        case .queueFull: "connection_limit_reached"
        case .invalidRequest: "http_request_error"
        case .invalidConfiguration: "proxy_configuration_error"
        case .cancelled, .failure: "proxy_internal_error"
        }
    }
}

extension TransportError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .resolve(let detail): "could not resolve: \(detail)"
        case .connect(let detail): "could not connect: \(detail)"
        case .tls(let detail): "TLS failed: \(detail)"
        case .certificate(let detail): "certificate not accepted: \(detail)"
        case .timeout(let phase): "timed out while \(phase.rawValue)"
        case .reset(let detail): "connection lost: \(detail)"
        case .incomplete(let detail): "response ended early: \(detail)"
        case .tooLarge(let limit): "response body is larger than \(limit) bytes"
        case .badResponse(let detail): "bad response: \(detail)"
        case .queueFull: "too many requests wait for this backend"
        case .invalidRequest(let detail): "invalid request: \(detail)"
        case .invalidConfiguration(let detail): "invalid configuration: \(detail)"
        case .cancelled: "cancelled"
        case .failure(let code, let detail): "libcurl failed with \(code): \(detail)"
        }
    }
}
