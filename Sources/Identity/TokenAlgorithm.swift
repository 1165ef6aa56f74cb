/// The signatures that a token may bear (RFC 7518, section 3.1; RFC 8037, section 3.1). `none` is not among them.
public enum TokenAlgorithm: String, Hashable, Sendable, CaseIterable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    /// The kind of key, as `kty` of a JSON Web Key names it (RFC 7518, section 6.1). A key of one kind never verifies a
    /// signature of another: a public key is no secret for HMAC.
    var keyType: String {
        switch self {
        case .hs256, .hs384, .hs512: "oct"
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: "RSA"
        case .es256, .es384, .es512: "EC"
        case .edDSA: "OKP"
        }
    }

    /// The curve that an algorithm of `EC` goes with; nil where the key says it.
    var curve: String? {
        switch self {
        case .es256: "P-256"
        case .es384: "P-384"
        case .es512: "P-521"
        default: nil
        }
    }

    /// Whether who verifies could also sign.
    public var isSymmetric: Bool { keyType == "oct" }

    /// The least bytes that a secret for it has (RFC 7518, section 3.2).
    public var leastSecretBytes: Int? {
        switch self {
        case .hs256: 32
        case .hs384: 48
        case .hs512: 64
        default: nil
        }
    }
}
