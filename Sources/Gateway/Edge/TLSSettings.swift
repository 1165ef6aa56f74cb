public import Diagnostics

/// How clients connect encrypted, `tls` of the settings: read but not yet loaded, the files that it names are not open.
public struct TLSSettings: Sendable {
    /// A certificate and its key.
    public struct Pair: Sendable {
        /// The chain in PEM, the server's own certificate first; relative to the settings file.
        public var certificate: String
        /// The private key in PEM; relative to the settings file.
        public var key: String
        /// The server names it is shown to, lower-case, such as `api.example.com` and `*.example.com`. Empty: those of the
        /// certificate.
        public var names: [String]
        /// Where the certificate's path stands, and the key's.
        public var certificatePlace: Diagnostic.Place
        public var keyPlace: Diagnostic.Place
    }

    public enum Version: String, Sendable, CaseIterable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    /// Mutual TLS.
    public struct ClientCertificates: Sendable {
        /// Certificates in PEM of those who vouch for clients; relative to the settings file.
        public var authorities: String
        public var place: Diagnostic.Place
        /// Whether a client without a certificate is refused by the handshake.
        public var isRequired = false
    }

    /// At least one; the first is shown where no name fits.
    public var certificates: [Pair]
    public var minimumVersion = Version.tls12
    public var clientCertificates: ClientCertificates?
    /// From the connection to the end of the handshake.
    public var handshakeTimeout: Duration = .seconds(10)
}
