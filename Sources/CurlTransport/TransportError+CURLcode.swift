import CCurl

/// How far a transfer had come when it failed. What libcurl's code alone does not tell.
struct TransferProgress: Hashable {
    /// The request was about to be sent: name, connection and handshake are done.
    var requested = false
    /// The status line has arrived.
    var responded = false

    var phase: TransportError.Phase {
        responded ? .reading : requested ? .waiting : .connecting
    }
}

extension TransportError {
    /// Translates a failure of libcurl. Pure, so that the whole table is a test.
    ///
    /// - Parameter detail: what libcurl wrote to the error buffer; its words for the code when that is empty.
    /// - Source: https://curl.se/libcurl/c/libcurl-errors.html
    init(code: CURLcode, progress: TransferProgress, detail: String) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self = .resolve(detail: detail)
        case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED:
            self = .connect(detail: detail)
        case CURLE_OPERATION_TIMEDOUT:
            self = .timeout(progress.phase)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            self = .certificate(detail: detail)
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_SHUTDOWN_FAILED, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
            self = .tls(detail: detail)
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2_STREAM:
            self = .reset(detail: detail)
        case CURLE_ABORTED_BY_CALLBACK:
            // The only callback that aborts is the one that keeps an unsafe request from being sent twice.
            self = .reset(detail: "the connection was lost and the request must not be sent twice")
        case CURLE_PARTIAL_FILE:
            self = .incomplete(detail: detail)
        case CURLE_BAD_CONTENT_ENCODING, CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2,
            CURLE_TOO_MANY_REDIRECTS, CURLE_WRITE_ERROR:
            self = .badResponse(detail: detail)
        case CURLE_URL_MALFORMAT:
            // Ours was checked, so this can also be the target of a redirect.
            self = progress.responded ? .badResponse(detail: detail) : .invalidRequest(detail: detail)
        default:
            self = .failure(code: Int(code.rawValue), detail: detail)
        }
    }
}
