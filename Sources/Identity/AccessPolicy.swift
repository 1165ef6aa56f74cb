public import JMESPath

/// One way to prove who asks, and what must hold for whoever has.
public struct AccessPolicy: Sendable {
    public enum Scheme: Sendable {
        /// A key in a header, by its lower-case name.
        case apiKey(ConsumerKeys, header: String)
        /// `Authorization: Bearer` (RFC 6750, section 2.1).
        case token(TokenPolicy)
        /// `Authorization: Basic` (RFC 7617).
        case password(Passwords)
        /// The client's certificate in the TLS handshake.
        case certificate
        /// For tests of endpoints alone: the claims are what this header says they are.
        case asserted(header: String)
    }

    public var name: String
    public var scheme: Scheme
    /// Shown to people who are asked for a password.
    public var realm: String
    /// Over the claims; who gets anything but true is refused.
    public var require: Expression?
    /// Whether the credential is passed on to backends by routes that pass requests on.
    public var forwards: Bool

    public init(name: String, scheme: Scheme, realm: String, require: Expression?, forwards: Bool) {
        self.name = name
        self.scheme = scheme
        self.realm = realm
        self.require = require
        self.forwards = forwards
    }

    /// The header that the credential stands in, lower-case; nil for a certificate.
    public var header: String? {
        switch scheme {
        case .apiKey(_, let header), .asserted(let header): header
        case .token, .password: "authorization"
        case .certificate: nil
        }
    }
}

/// Why a request is not admitted.
public struct Denial: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Nothing proves who asks: 401.
        case unauthenticated
        /// What was shown proves nothing: 401.
        case invalid
        /// It is known who asks, and it is not allowed: 403.
        case forbidden
        /// It cannot be found out now: 503.
        case unavailable
    }

    public var kind: Kind
    /// A sentence for the client's developer.
    public var detail: String
    /// A word for the log and the metrics.
    public var reason: String
    /// The values of `WWW-Authenticate` (RFC 9110, section 11.6.1).
    public var challenges: [String] = []
    /// The policy that has refused, where one has.
    public var policy: String?
}
