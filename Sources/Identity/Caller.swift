public import JSONSlices

/// Who asks, once that is proven.
public struct Caller: Sendable {
    /// The policy that has admitted the request.
    public var policy: String
    /// The consumer's name: that of an API key or a password, a token's `sub`, a certificate's subject.
    public var consumer: String?
    /// What is known of the consumer; an object.
    public var claims: JSONSlice

    public init(policy: String, consumer: String?, claims: JSONSlice) {
        self.policy = policy
        self.consumer = consumer
        self.claims = claims
    }
}

/// What a request brings to prove who asks.
public struct Presented: Sendable {
    /// The values of a header, by lower-case name.
    public var header: @Sendable (String) -> [String]
    /// The client's certificate, verified by the TLS handshake.
    public var certificate: ClientIdentity?

    public init(header: @escaping @Sendable (String) -> [String], certificate: ClientIdentity? = nil) {
        self.header = header
        self.certificate = certificate
    }
}

/// What a client's verified certificate says.
public struct ClientIdentity: Hashable, Sendable {
    /// The common name of its subject.
    public var subject: String
    /// Its alternative names.
    public var names: [String]
    /// SHA-256 of the certificate, in lower-case hexadecimal digits.
    public var fingerprint: String

    public init(subject: String, names: [String], fingerprint: String) {
        self.subject = subject
        self.names = names
        self.fingerprint = fingerprint
    }
}
