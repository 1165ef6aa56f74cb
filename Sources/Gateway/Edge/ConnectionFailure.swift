import NIOHTTP2
import NIOSSL

/// Why a connection of a client was ended before its first request, or for how it was used. The names are a metric's label.
enum ConnectionFailure: String, Sendable, CaseIterable {
    /// The handshake took too long.
    case slowHandshake = "handshake_timeout"
    /// The client left during it.
    case abandonedHandshake = "handshake_abandoned"
    /// The client's certificate was missing, or nobody vouches for it.
    case certificate = "client_certificate"
    /// What came is no TLS, such as HTTP in the clear.
    case notTLS = "not_tls"
    /// Any other failure of the handshake: no common version or cipher, the client's refusal of the certificate.
    case handshake = "handshake_failed"
    /// HTTP/2 that breaks its rules.
    case protocolError = "http2_error"
    /// HTTP/2 with more resets, control frames or empty frames than anybody needs.
    case flood = "http2_flood"

    /// - Parameter error: what the handshake ended with.
    init(handshake error: any Error) {
        switch error {
        case NIOSSLError.handshakeFailed(let reason):
            self = Self.reason("\(reason)")
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            self = .certificate
        case is NIOSSLError:
            self = .abandonedHandshake
        case let error as BoringSSLError:
            self = Self.reason("\(error)")
        default:
            self = .handshake
        }
    }

    /// The library's errors have nothing but their texts, those of BoringSSL's error codes.
    private static func reason(_ text: String) -> ConnectionFailure {
        if text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE") {
            return .certificate
        }
        if ["HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "WRONG_VERSION_NUMBER"].contains(where: text.contains) {
            return .notTLS
        }
        return text.contains("EOF during handshake") ? .abandonedHandshake : .handshake
    }

    /// - Parameter error: what a connection of HTTP/2 ended with.
    init(http2 error: any Error) {
        switch error {
        case is NIOHTTP2Errors.ExcessiveRSTFrames, is NIOHTTP2Errors.ExcessiveControlFrames,
            is NIOHTTP2Errors.ExcessiveContinuationFrames, is NIOHTTP2Errors.ExcessiveStreamErrors,
            is NIOHTTP2Errors.ExcessiveEmptyDataFrames, is NIOHTTP2Errors.ExcessiveNumberOfGlitches,
            is NIOHTTP2Errors.ExcessiveOutboundFrameBuffering, is NIOHTTP2Errors.ExcessivelyLargeHeaderBlock:
            self = .flood
        default:
            self = .protocolError
        }
    }
}
