public import JSONSlices

/// What the claims of a verified token must say (RFC 7519, section 4.1). Pure.
public struct TokenRules: Hashable, Sendable {
    /// One of them must be `iss`; empty: any.
    public var issuers: [String] = []
    /// One of them must be in `aud`; empty: any.
    public var audiences: [String] = []
    /// How far clocks may be apart, in seconds.
    public var leeway: Double = 30
    /// Whether a token without `exp` is refused.
    public var needsExpiry = true

    public init() {}

    /// - Parameter now: seconds since 1970.
    /// - Returns: nil when all of them hold.
    public func fault(of claims: JSONSlice, now: Double) -> TokenFault? {
        if !issuers.isEmpty {
            guard let issuer = claims.member("iss")?.string, issuers.contains(issuer) else { return .issuer }
        }
        if !audiences.isEmpty {
            guard let audience = claims.member("aud") else { return .audience }
            let names =
                audience.kind == .array ? audience.elements.compactMap(\.string) : [audience.string].compactMap(\.self)
            guard names.contains(where: audiences.contains) else { return .audience }
        }
        switch Self.date("exp", of: claims) {
        case .missing: if needsExpiry { return .claim("exp") }
        case .invalid: return .claim("exp")
        case .at(let end): if now >= end + leeway { return .expired }
        }
        switch Self.date("nbf", of: claims) {
        case .missing: break
        case .invalid: return .claim("nbf")
        case .at(let begin): if now < begin - leeway { return .notYetValid }
        }
        return nil
    }

    private enum NumericDate {
        case missing, invalid
        case at(Double)
    }

    /// Seconds since 1970, fractions allowed (RFC 7519, section 2).
    private static func date(_ name: String, of claims: JSONSlice) -> NumericDate {
        guard let slice = claims.member(name) else { return .missing }
        guard let seconds = slice.numberText.flatMap(Double.init), seconds.isFinite else { return .invalid }
        return .at(seconds)
    }
}
