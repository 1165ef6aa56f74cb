import JSONSlices

/// How tokens are verified: where they stand, with which keys, and what they must say. Safe from any thread.
public final class TokenPolicy: Sendable {
    /// Where the keys are.
    public enum Source: Sendable {
        case fixed(VerificationKeys)
        case remote(RemoteKeys)
    }

    /// What is known of a token.
    enum Verdict {
        case claims(JSONSlice)
        case refused(TokenFault)
        /// The keys have to be fetched first.
        case needsKeys(isKeyMissing: Bool)
        /// There are no keys, and they cannot be had now.
        case unavailable
    }

    private let algorithms: Set<TokenAlgorithm>
    private let rules: TokenRules
    private let source: Source
    private let verified: VerifiedTokens

    init(algorithms: [TokenAlgorithm], rules: TokenRules, source: Source, verified: VerifiedTokens) {
        self.algorithms = Set(algorithms)
        self.rules = rules
        self.source = source
        self.verified = verified
    }

    public convenience init(algorithms: [TokenAlgorithm], rules: TokenRules, keys: VerificationKeys, capacity: Int) {
        self.init(
            algorithms: algorithms,
            rules: rules,
            source: .fixed(keys),
            verified: VerifiedTokens(capacity: capacity)
        )
    }

    /// - Parameter keys: makes the keys' source; what it is given is to be called when the keys have changed.
    public convenience init(
        algorithms: [TokenAlgorithm],
        rules: TokenRules,
        capacity: Int,
        keys: (_ changed: @escaping @Sendable () -> Void) -> RemoteKeys
    ) {
        let verified = VerifiedTokens(capacity: capacity)
        self.init(
            algorithms: algorithms,
            rules: rules,
            source: .remote(keys { verified.removeAll() }),
            verified: verified
        )
    }

    var remote: RemoteKeys? {
        if case .remote(let keys) = source { keys } else { nil }
    }

    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - mayFetch: whether the keys may be fetched for this token; false when that was just done.
    func judge(_ text: String, now: Double, mayFetch: Bool) -> Verdict {
        if let remote, mayFetch, remote.isDue(now: now, isKeyMissing: false) { return .needsKeys(isKeyMissing: false) }
        if let claims = verified[text] { return checked(claims, now) }
        let token: CompactToken
        do throws(TokenFault) {
            token = try CompactToken(Array(text.utf8))
        } catch {
            return .refused(error)
        }
        guard algorithms.contains(token.algorithm) else { return .refused(.algorithm) }
        // What is over anyway costs no signature.
        if let fault = rules.fault(of: token.claims.root, now: now) { return .refused(fault) }
        let epoch = verified.epoch
        let keys: VerificationKeys
        switch source {
        case .fixed(let fixed): keys = fixed
        case .remote(let remote):
            guard let known = remote.keys else {
                return mayFetch && remote.isDue(now: now, isKeyMissing: true)
                    ? .needsKeys(isKeyMissing: true) : .unavailable
            }
            keys = known
        }
        do throws(TokenFault) {
            try keys.verify(token)
        } catch {
            // A key without a name is tried for every token; that it is not the one may be news of another.
            let isKeyMissing = error == .unknownKey || (error == .signature && !keys.hasKey(named: token.keyID))
            if isKeyMissing, mayFetch, let remote, remote.isDue(now: now, isKeyMissing: true) {
                return .needsKeys(isKeyMissing: true)
            }
            return .refused(error)
        }
        verified.insert(text, claims: token.claims.root, epoch: epoch)
        return .claims(token.claims.root)
    }

    private func checked(_ claims: JSONSlice, _ now: Double) -> Verdict {
        rules.fault(of: claims, now: now).map(Verdict.refused) ?? .claims(claims)
    }
}
