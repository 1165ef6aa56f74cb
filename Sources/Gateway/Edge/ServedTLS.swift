import NIOCore
import NIOSSL

/// Certificates that are loaded, and everything else that new connections of clients are encrypted with. Safe from any thread.
public struct ServedTLS: Sendable {
    let context: NIOSSLContext
    let handshakeTimeout: TimeAmount
    /// Who vouches for clients; nil: they are not asked for a certificate.
    let authorities: [NIOSSLCertificate]?
    /// The files that were read.
    public let paths: [String]

    /// - Parameters:
    ///   - certificates: at least one.
    ///   - protocols: what ALPN offers.
    /// - Throws: errors of NIOSSL for what fits nowhere.
    init(
        certificates: [Loaded],
        authorities: [NIOSSLCertificate]?,
        settings: TLSSettings,
        protocols: [String],
        paths: [String]
    ) throws {
        guard let first = certificates.first else { throw NIOSSLError.failedToLoadCertificate }
        var configuration = TLSConfiguration.forClients(settings.minimumVersion, first)
        configuration.applicationProtocols = protocols
        if certificates.count > 1 {
            let names = ServerNames(certificates.map(\.names))
            let changes = certificates.map { loaded in
                var change = NIOSSLContextConfigurationOverride()
                change.certificateChain = loaded.chain.map { .certificate($0) }
                change.privateKey = .privateKey(loaded.key)
                return change
            }
            configuration.sslContextCallback = { asked, promise in
                let place = names.certificate(for: asked.serverHostname)
                promise.succeed(changes.indices.contains(place) ? changes[place] : .noChanges)
            }
        }
        if let authorities {
            configuration.trustRoots = .certificates(authorities)
            configuration.sendCANameList = true
            configuration.certificateVerification =
                settings.clientCertificates?.isRequired == true ? .noHostnameVerification : .optionalVerification
        }
        context = try NIOSSLContext(configuration: configuration)
        self.authorities = authorities
        let (seconds, attoseconds) = settings.handshakeTimeout.components
        handshakeTimeout = .milliseconds(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        self.paths = paths
    }

    /// A certificate, read and found to belong to its key.
    struct Loaded {
        /// The server's own first.
        var chain: [NIOSSLCertificate]
        var key: NIOSSLPrivateKey
        /// Lower-case.
        var names: [String]
    }
}

extension TLSConfiguration {
    /// What is fit for today: no version before 1.2, and with it only ephemeral keys and authenticated encryption, which is
    /// what HTTP/2 asks for as well (RFC 9113, section 9.2.2; RFC 9325, section 4.2).
    static func forClients(_ minimum: TLSSettings.Version, _ certificate: ServedTLS.Loaded) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificate.chain.map { .certificate($0) },
            privateKey: .privateKey(certificate.key)
        )
        configuration.minimumTLSVersion = minimum == .tls13 ? .tlsv13 : .tlsv12
        configuration.cipherSuiteValues = [
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        configuration.shutdownTimeout = .seconds(2)
        return configuration
    }
}
