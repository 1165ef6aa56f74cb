public import Diagnostics
import Foundation
import NIOSSL

extension ServedTLS {
    /// Reads the certificates and keys. Whatever is wrong is reported at the place that names the file.
    ///
    /// - Parameters:
    ///   - settings: whose `tls` is meant.
    ///   - folder: of the settings file, which the files are relative to; with a slash at its end, or empty.
    /// - Returns: nil where the settings have none, or there was an error.
    public static func load(
        _ settings: GatewaySettings,
        folder: String,
        diagnostics: DiagnosticList
    ) -> ServedTLS? {
        for policy in settings.access {
            guard case .certificate = policy.scheme, settings.tls?.clientCertificates == nil else { continue }
            diagnostics.add(
                Diagnostic(
                    .warning,
                    "no client is asked for a certificate, so that the policy '\(policy.name)' lets nobody in",
                    at: policy.place,
                    help:
                        "say in \"tls\" who vouches for clients: \"clientCertificates\": {\"authorities\": \"ca.pem\"}"
                )
            )
        }
        guard let tls = settings.tls else { return nil }
        var loader = TLSLoader(folder: folder, diagnostics: diagnostics)
        let certificates = tls.certificates.compactMap { loader.load($0) }
        let authorities = tls.clientCertificates.map { loader.chain($0.authorities, at: $0.place) }
        guard certificates.count == tls.certificates.count, authorities.map({ $0 != nil }) ?? true else { return nil }
        do {
            return try ServedTLS(
                certificates: certificates,
                authorities: authorities ?? nil,
                settings: tls,
                protocols: settings.http2.protocols,
                paths: loader.paths
            )
        } catch {
            let place = tls.certificates.first?.certificatePlace
            diagnostics.add(Diagnostic(.error, "the certificates cannot be served: \(error)", at: place))
            return nil
        }
    }
}

/// Reads the files that `tls` names, and reports what is wrong with them at the place that names them.
struct TLSLoader {
    /// The longest file, in bytes.
    static let maximumFile = 1 << 20

    let folder: String
    let diagnostics: DiagnosticList
    /// The files that were looked for.
    private(set) var paths: [String] = []

    init(folder: String, diagnostics: DiagnosticList) {
        self.folder = folder
        self.diagnostics = diagnostics
    }

    mutating func load(_ pair: TLSSettings.Pair) -> ServedTLS.Loaded? {
        let chain = chain(pair.certificate, at: pair.certificatePlace)
        let key = key(pair.key, at: pair.keyPlace)
        guard let chain, let own = chain.first, let key else { return nil }
        guard Self.belongs(key, to: chain) else {
            diagnostics.add(
                Diagnostic(
                    .error,
                    "the private key in '\(pair.key)' is not the key of the certificate in '\(pair.certificate)'",
                    at: pair.keyPlace,
                    help: "the server's own certificate stands first in its file, before those that vouch for it"
                )
            )
            return nil
        }
        warnOfAge(own, pair)
        let names = (try? own.toDERBytes()).flatMap { try? CertificateNames(der: $0) }?.hosts ?? []
        return ServedTLS.Loaded(
            chain: chain,
            key: key,
            names: pair.names.isEmpty ? names.map { $0.lowercased() } : pair.names
        )
    }

    /// Certificates in PEM, at least one.
    mutating func chain(_ file: String, at place: Diagnostic.Place) -> [NIOSSLCertificate]? {
        guard let bytes = read(file, at: place) else { return nil }
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(bytes), !chain.isEmpty else {
            diagnostics.add(
                Diagnostic(
                    .error,
                    "'\(file)' holds no certificate that can be read",
                    at: place,
                    help: "a PEM file: '-----BEGIN CERTIFICATE-----' and what belongs to it, once or several times"
                )
            )
            return nil
        }
        return chain
    }

    private mutating func key(_ file: String, at place: Diagnostic.Place) -> NIOSSLPrivateKey? {
        guard let bytes = read(file, at: place) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let isEncrypted = text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")
        guard !isEncrypted, let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            diagnostics.add(
                Diagnostic(
                    .error,
                    isEncrypted
                        ? "the private key in '\(file)' has a passphrase"
                        : "'\(file)' holds no private key that can be read",
                    at: place,
                    help: isEncrypted
                        ? "write it without one, readable by the gateway alone: openssl pkey -in \(file) -out plain.key"
                        : "a PEM file: '-----BEGIN PRIVATE KEY-----' and what belongs to it"
                )
            )
            return nil
        }
        return key
    }

    /// The library compares them.
    private static func belongs(_ key: NIOSSLPrivateKey, to chain: [NIOSSLCertificate]) -> Bool {
        let configuration = TLSConfiguration.forClients(.tls12, ServedTLS.Loaded(chain: chain, key: key, names: []))
        return (try? NIOSSLContext(configuration: configuration)) != nil
    }

    private func warnOfAge(_ certificate: NIOSSLCertificate, _ pair: TLSSettings.Pair) {
        let now = WallClock.now().seconds
        let message =
            if now > certificate.notValidAfter {
                "the certificate in '\(pair.certificate)' is out of date: clients refuse it"
            } else if now < certificate.notValidBefore {
                "the certificate in '\(pair.certificate)' is not valid yet: clients refuse it"
            } else {
                ""
            }
        guard !message.isEmpty else { return }
        diagnostics.add(Diagnostic(.warning, message, at: pair.certificatePlace))
    }

    private mutating func read(_ file: String, at place: Diagnostic.Place) -> [UInt8]? {
        let path = file.hasPrefix("/") ? file : folder + file
        paths.append(path)
        guard let data = FileManager.default.contents(atPath: path) else {
            diagnostics.add(
                Diagnostic(
                    .error,
                    "there is no file '\(path)' that can be read",
                    at: place,
                    help: "the path is relative to the settings file"
                )
            )
            return nil
        }
        guard data.count <= Self.maximumFile else {
            diagnostics.add(Diagnostic(.error, "the file '\(path)' has more than 1 MiB", at: place))
            return nil
        }
        return Array(data)
    }
}
