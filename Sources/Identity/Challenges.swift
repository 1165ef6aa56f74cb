extension AccessPolicy {
    /// What the policy asks for, as it stands in a sentence.
    var demand: String {
        switch scheme {
        case .apiKey(_, let header): "an API key in \(header)"
        case .token: "a bearer token"
        case .password: "a user name and a password"
        case .certificate: "a client certificate"
        case .asserted: "claims"
        }
    }

    /// A value of `WWW-Authenticate`. Of a token's faults RFC 6750, section 3, has one word, `invalid_token`.
    ///
    /// `ApiKey` and `ClientCertificate` are no registered schemes: the field must not be missing from a 401, and these
    /// tell a person what is wanted.
    func challenge(error: String?) -> String {
        let realm = "realm=\"\(Self.quoted(realm))\""
        switch scheme {
        case .apiKey(_, let header): return "ApiKey \(realm), header=\"\(header)\""
        case .token:
            guard let error else { return "Bearer \(realm)" }
            return "Bearer \(realm), error=\"invalid_token\", error_description=\"\(Self.quoted(error))\""
        case .password: return "Basic \(realm), charset=\"UTF-8\""
        case .certificate: return "ClientCertificate \(realm)"
        case .asserted: return "Claims \(realm)"
        }
    }

    /// The text of a quoted-string (RFC 9110, section 5.6.4).
    private static func quoted(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}

extension TokenFault {
    /// A sentence for the client's developer, which tells nothing that helps to forge a token.
    var detail: String {
        switch self {
        case .malformed: "The bearer token is no JSON Web Token."
        case .algorithm: "The token is not signed with an algorithm that is accepted here."
        case .unknownKey, .signature: "The token's signature cannot be verified."
        case .expired: "The token has expired."
        case .notYetValid: "The token is not valid yet."
        case .issuer: "The token is from another issuer."
        case .audience: "The token is for another audience."
        case .claim(let name): "The token's claim '\(name)' is missing or not valid."
        }
    }

    /// A word for the log and the metrics.
    var reason: String {
        switch self {
        case .malformed: "malformed"
        case .algorithm: "algorithm"
        case .unknownKey: "unknown_key"
        case .signature: "signature"
        case .expired: "expired"
        case .notYetValid: "not_yet_valid"
        case .issuer: "issuer"
        case .audience: "audience"
        case .claim: "claim"
        }
    }
}
