import CurlTransport

/// What a backend is told of the client, whom it does not see itself.
public struct ClientOfRequest: Hashable, Sendable {
    /// The client's IP address: the peer's, or what trusted proxies say of it.
    public var address: String
    /// Of whoever is connected to the gateway.
    public var peer: String
    /// The authority the client asked for.
    public var host: String?
    public var isSecure: Bool
    /// In which fields trusted proxies speak. The others are as the client has sent them.
    public var toldIn: ForwardedPolicy

    public init(
        address: String,
        peer: String,
        host: String?,
        isSecure: Bool,
        toldIn: ForwardedPolicy = .xForwarded
    ) {
        self.toldIn = toldIn
        self.address = address
        self.peer = peer
        self.host = host
        self.isSecure = isSecure
    }
}

/// In which fields a backend is told of the client.
public enum ForwardedPolicy: String, CaseIterable, Hashable, Sendable {
    /// `X-Forwarded-For`, `-Proto` and `-Host`.
    case xForwarded = "x-forwarded"
    /// `Forwarded` (RFC 7239).
    case rfc7239
    case none

    /// Fields by which a client could claim to be another one. They are never passed on as they came.
    public static let claims = [
        "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-real-ip",
    ]

    /// The fields to send. What the request says of it counts only where a trusted proxy speaks for it, which is where its
    /// address is not the peer's, and only in the field in which that proxy speaks.
    func fields(of client: ClientOfRequest, received: [HeaderField]) -> [HeaderField] {
        func value(_ name: String) -> String? {
            guard client.address != client.peer, client.toldIn == self else { return nil }
            let values = received.filter { HeaderValidation.equal($0.name, name) }.map(\.value)
            return values.isEmpty ? nil : values.joined(separator: ", ")
        }
        let scheme = client.isSecure ? "https" : "http"
        switch self {
        case .none:
            return []
        case .xForwarded:
            let known = client.address == client.peer ? nil : (value("x-forwarded-for") ?? client.address)
            var fields = [
                HeaderField(name: "X-Forwarded-For", value: known.map { "\($0), \(client.peer)" } ?? client.peer),
                HeaderField(name: "X-Forwarded-Proto", value: scheme),
            ]
            if let host = value("x-forwarded-host") ?? client.host {
                fields.append(HeaderField(name: "X-Forwarded-Host", value: host))
            }
            return fields
        case .rfc7239:
            var element = "for=\(Self.node(client.peer));proto=\(scheme)"
            if let host = client.host { element += ";host=\"\(host)\"" }
            if client.address != client.peer {
                element = (value("forwarded") ?? "for=\(Self.node(client.address))") + ", " + element
            }
            return [HeaderField(name: "Forwarded", value: element)]
        }
    }

    /// What `Forwarded` says of hosts and schemes, and not of addresses. Where it is cut within a quoted text, something is
    /// missing that no host has.
    static func origins(in fields: [HeaderField]) -> [String] {
        fields.filter { HeaderValidation.equal($0.name, "forwarded") }.flatMap { field in
            field.value.split { $0 == ";" || $0 == "," }.map { $0.drop { $0 == " " || $0 == "\t" }.lowercased() }
                .filter { $0.hasPrefix("host=") || $0.hasPrefix("proto=") }
        }
    }

    /// RFC 7239, section 6: an IPv6 address stands in brackets, and therefore in quotes.
    private static func node(_ address: String) -> String {
        if address.contains(":") { return "\"[\(address)]\"" }
        return address == "-" ? "unknown" : address
    }
}
