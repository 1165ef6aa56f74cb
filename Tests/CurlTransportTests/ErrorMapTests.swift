import CCurl
import Testing

@testable import CurlTransport

@Suite("Error map") struct ErrorMapTests {
    @Test("each failure of libcurl becomes the error that tells it apart")
    func codes() {
        let early = TransferProgress()
        let table: [(CURLcode, TransportError)] = [
            (CURLE_COULDNT_RESOLVE_HOST, .resolve(detail: "d")),
            (CURLE_COULDNT_RESOLVE_PROXY, .resolve(detail: "d")),
            (CURLE_COULDNT_CONNECT, .connect(detail: "d")),
            (CURLE_PROXY, .connect(detail: "d")),
            (CURLE_SSL_CONNECT_ERROR, .tls(detail: "d")),
            (CURLE_SSL_CERTPROBLEM, .tls(detail: "d")),
            (CURLE_SSL_CACERT_BADFILE, .tls(detail: "d")),
            (CURLE_PEER_FAILED_VERIFICATION, .certificate(detail: "d")),
            (CURLE_GOT_NOTHING, .reset(detail: "d")),
            (CURLE_SEND_ERROR, .reset(detail: "d")),
            (CURLE_RECV_ERROR, .reset(detail: "d")),
            (CURLE_HTTP2_STREAM, .reset(detail: "d")),
            (CURLE_PARTIAL_FILE, .incomplete(detail: "d")),
            (CURLE_BAD_CONTENT_ENCODING, .badResponse(detail: "d")),
            (CURLE_UNSUPPORTED_PROTOCOL, .badResponse(detail: "d")),
            (CURLE_WEIRD_SERVER_REPLY, .badResponse(detail: "d")),
            (CURLE_TOO_MANY_REDIRECTS, .badResponse(detail: "d")),
            (CURLE_URL_MALFORMAT, .invalidRequest(detail: "d")),
            (CURLE_OUT_OF_MEMORY, .failure(code: 27, detail: "d")),
        ]
        for (code, error) in table {
            #expect(TransportError(code: code, progress: early, detail: "d") == error)
        }
        guard case .reset = TransportError(code: CURLE_ABORTED_BY_CALLBACK, progress: early, detail: "") else {
            Issue.record("an unsafe request that would be sent twice is a connection lost")
            return
        }
    }

    @Test("a timeout says what was going on")
    func phases() {
        let table: [(TransferProgress, TransportError.Phase)] = [
            (TransferProgress(), .connecting),
            (TransferProgress(requested: true), .waiting),
            (TransferProgress(requested: true, responded: true), .reading),
        ]
        for (progress, phase) in table {
            #expect(
                TransportError(code: CURLE_OPERATION_TIMEDOUT, progress: progress, detail: "") == .timeout(phase)
            )
        }
    }

    @Test("every error has an error type of RFC 9209")
    func tokens() {
        let table: [(TransportError, String)] = [
            (.resolve(detail: ""), "dns_error"),
            (.connect(detail: ""), "connection_refused"),
            (.tls(detail: ""), "tls_protocol_error"),
            (.certificate(detail: ""), "tls_certificate_error"),
            (.timeout(.queued), "connection_limit_reached"),
            (.timeout(.resolving), "dns_timeout"),
            (.timeout(.connecting), "connection_timeout"),
            (.timeout(.waiting), "http_response_timeout"),
            (.timeout(.reading), "http_response_timeout"),
            (.reset(detail: ""), "connection_terminated"),
            (.incomplete(detail: ""), "http_response_incomplete"),
            (.tooLarge(limit: 1), "http_response_body_size"),
            (.badResponse(detail: ""), "http_protocol_error"),
            (.queueFull, "connection_limit_reached"),
            (.cancelled, "proxy_internal_error"),
        ]
        for (error, token) in table { #expect(error.proxyStatusError == token) }
    }
}
