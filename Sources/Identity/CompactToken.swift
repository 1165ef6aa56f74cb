import JSONSlices

/// A JSON Web Signature in its compact form (RFC 7515, section 7.1), taken apart; nothing of it is believed yet.
struct CompactToken {
    /// The longest token that is looked at, in bytes. Header fields have their own limit, often lower.
    static let maximumLength = 16 << 10

    let algorithm: TokenAlgorithm
    let keyID: String?
    /// The bytes that are signed: both encoded parts and the period between them.
    let signed: ArraySlice<UInt8>
    let signature: [UInt8]
    let claims: JSONDocument

    /// - Throws: why it is no token that could be verified.
    init(_ text: [UInt8]) throws(TokenFault) {
        guard text.count <= Self.maximumLength else { throw .malformed }
        let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .malformed }
        let limits = JSONLimits(maxDepth: 32)
        guard let head = (try? JSONDocument(parsing: header, limits: limits))?.root, head.kind == .object,
            let claims = try? JSONDocument(parsing: payload, limits: limits), claims.root.kind == .object,
            // Two readers could take different ones (RFC 7519, section 4).
            Self.hasDistinctKeys(head), Self.hasDistinctKeys(claims.root)
        else { throw .malformed }
        guard let name = head.member("alg")?.string, let algorithm = TokenAlgorithm(rawValue: name) else {
            throw .algorithm
        }
        // Extensions that have to be understood (RFC 7515, section 4.1.11), of which none is.
        guard head.member("crit") == nil else { throw .malformed }
        if let keyID = head.member("kid") {
            guard let text = keyID.string else { throw .malformed }
            self.keyID = text
        } else {
            keyID = nil
        }
        self.algorithm = algorithm
        self.signature = signature
        self.claims = claims
        signed = text[..<parts[1].endIndex]
    }

    private static func hasDistinctKeys(_ object: JSONSlice) -> Bool {
        var seen: Set<String> = []
        return object.members.allSatisfy { member in member.key.string.map { seen.insert($0).inserted } ?? false }
    }
}

/// Why a token is refused. What a client is told of it is in ``Denial``.
public enum TokenFault: Error, Hashable, Sendable {
    case malformed
    /// None that the policy allows; `none` among them.
    case algorithm
    /// No key of the policy goes with it.
    case unknownKey
    case signature
    case expired
    case notYetValid
    case issuer
    case audience
    /// A claim that the policy needs is not there, or is not of its type.
    case claim(String)
}
