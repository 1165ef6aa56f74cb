import Identity

/// What the handshake of a connection has proved. One that has none is not encrypted.
struct ConnectionSecurity: Hashable, Sendable {
    /// The client's certificate, where it has shown one.
    var certificate: ClientIdentity?
}
