public import CurlTransport
public import JMESPath
import JSONSlices

/// Decides who may use one endpoint. Immutable; safe from any thread.
public struct Gatekeeper: Sendable {
    /// What a request is: admitted, refused, or to be decided where something can be awaited.
    public enum Decision: Sendable {
        /// Nil for a caller whom nobody has asked for a name.
        case admitted(Caller?)
        case denied(Denial)
        case later
    }

    private let policies: [AccessPolicy]
    private let allowsAnonymous: Bool
    /// The endpoint's own condition, over the claims.
    private let require: Expression?

    /// - Parameter policies: any one of them is enough; the first whose credential is there decides, the others are asked
    ///   when it refuses.
    public init(policies: [AccessPolicy], allowsAnonymous: Bool, require: Expression?) {
        self.policies = policies
        self.allowsAnonymous = allowsAnonymous
        self.require = require
    }

    /// Whether everybody is let in without a question.
    public var isOpen: Bool { policies.isEmpty && allowsAnonymous }

    /// The headers, lower-case, whose values are credentials that backends are not to see.
    public var hiddenHeaders: [String] { policies.filter { !$0.forwards }.compactMap(\.header) }

    /// The headers, lower-case, whose values are credentials that backends see.
    public var forwardedHeaders: [String] { policies.filter(\.forwards).compactMap(\.header) }

    /// Decides at once, where that is possible.
    ///
    /// - Parameter now: seconds since 1970.
    public func decide(_ presented: Presented, now: Double) -> Decision {
        var best: Denial?
        for policy in policies {
            switch judge(policy, presented, now: now, mayWait: true) {
            case .absent: continue
            case .admitted(let caller): return .admitted(caller)
            case .denied(let denial): best = Self.better(best, denial)
            case .wait: return .later
            }
        }
        return verdict(best)
    }

    /// Decides after what there is to wait for: keys to be fetched, a password to be hashed.
    public func decide(_ presented: Presented, now: Double, on loop: CurlLoop) async -> Decision {
        var best: Denial?
        for policy in policies {
            if case .wait(let wait) = judge(policy, presented, now: now, mayWait: true) {
                switch wait {
                case .keys(let remote, let isKeyMissing):
                    await remote.refresh(on: loop, now: now, isKeyMissing: isKeyMissing)
                case .password(let passwords, let user, let password):
                    switch await passwords.check(user: user, password: password) {
                    case .right: break
                    case .wrong:
                        best = Self.better(best, invalid(policy, "The user name or the password is wrong.", "password"))
                        continue
                    case .busy:
                        best = Self.better(best, unavailable(policy, "Too many passwords are being checked.", "busy"))
                        continue
                    }
                }
            }
            switch judge(policy, presented, now: now, mayWait: false) {
            case .admitted(let caller): return .admitted(caller)
            case .denied(let denial): best = Self.better(best, denial)
            case .absent, .wait: continue
            }
        }
        return verdict(best)
    }

    private func verdict(_ denial: Denial?) -> Decision {
        if let denial { return .denied(denial) }
        if allowsAnonymous { return .admitted(nil) }
        var missing = Denial(
            kind: .unauthenticated,
            detail: "This needs " + policies.map(\.demand).withoutRepeats.joined(separator: ", or ") + ".",
            reason: "no_credentials"
        )
        missing.challenges = policies.map { $0.challenge(error: nil) }.withoutRepeats
        return .denied(missing)
    }

    /// What a client is told when several policies refuse: that it is known, before that it is not.
    private static func better(_ one: Denial?, _ other: Denial) -> Denial {
        guard let one else { return other }
        let order: [Denial.Kind] = [.forbidden, .unavailable, .invalid, .unauthenticated]
        let ranks = [one, other].map { order.firstIndex(of: $0.kind) ?? order.count }
        guard ranks[0] == ranks[1] else { return ranks[1] < ranks[0] ? other : one }
        // Of two policies for tokens the one that takes the token's algorithm knows more about it.
        return one.reason == "algorithm" ? other : one
    }
}

// MARK: - One policy

extension Gatekeeper {
    private enum Wait {
        case keys(RemoteKeys, isKeyMissing: Bool)
        case password(Passwords, user: String, password: String)
    }

    private enum Outcome {
        /// Nothing of the policy's kind was shown.
        case absent
        case admitted(Caller)
        case denied(Denial)
        case wait(Wait)
    }

    private func judge(_ policy: AccessPolicy, _ presented: Presented, now: Double, mayWait: Bool) -> Outcome {
        switch policy.scheme {
        case .apiKey(let keys, let header):
            let values = presented.header(header)
            guard let key = values.first else { return .absent }
            guard values.count == 1, let consumer = keys.consumer(of: key) else {
                return .denied(invalid(policy, "The API key is not known.", "unknown_key"))
            }
            return admit(policy, consumer.name, consumer.claims)
        case .token(let tokens):
            guard let token = credentials(of: presented, scheme: "bearer") else { return .absent }
            return judge(policy, tokens, token, now: now, mayWait: mayWait)
        case .password(let passwords):
            guard let text = credentials(of: presented, scheme: "basic") else { return .absent }
            guard let pair = BasicCredentials(text) else {
                return .denied(invalid(policy, "The credentials of Basic are no name and password.", "malformed"))
            }
            guard passwords.isKnown(user: pair.user, password: pair.password) else {
                guard mayWait else {
                    return .denied(invalid(policy, "The user name or the password is wrong.", "password"))
                }
                return .wait(.password(passwords, user: pair.user, password: pair.password))
            }
            return admit(policy, pair.user, ConsumerKeys.noClaims)
        case .asserted(let header):
            guard let text = presented.header(header).first else { return .absent }
            guard let claims = (try? JSONDocument(parsing: text))?.root, claims.kind == .object else {
                return .denied(invalid(policy, "The claims are no JSON object.", "malformed"))
            }
            return admit(policy, claims.member("sub")?.string, claims)
        case .certificate:
            guard let certificate = presented.certificate else { return .absent }
            // One without a common name is still somebody of its own.
            let consumer = certificate.subject.isEmpty ? certificate.fingerprint : certificate.subject
            return admit(policy, consumer, certificate.claims)
        }
    }

    private func judge(
        _ policy: AccessPolicy,
        _ tokens: TokenPolicy,
        _ token: String,
        now: Double,
        mayWait: Bool
    ) -> Outcome {
        switch tokens.judge(token, now: now, mayFetch: mayWait) {
        case .claims(let claims):
            return admit(policy, claims.member("sub")?.string, claims)
        case .refused(let fault):
            return .denied(invalid(policy, fault.detail, fault.reason))
        case .needsKeys(let isKeyMissing):
            guard let remote = tokens.remote else { return .absent }
            return .wait(.keys(remote, isKeyMissing: isKeyMissing))
        case .unavailable:
            return .denied(
                unavailable(policy, "The keys that tokens are verified with cannot be had now.", "keys_unavailable")
            )
        }
    }

    /// Whether what is required of the claims holds.
    private func admit(_ policy: AccessPolicy, _ consumer: String?, _ claims: JSONSlice) -> Outcome {
        for condition in [policy.require, require].compactMap(\.self) {
            var budget = EvaluationBudget(steps: 100_000, bytes: 1 << 20)
            let value = try? condition.evaluate(root: .slice(claims), budget: &budget)
            guard value?.bool == true else {
                return .denied(
                    Denial(
                        kind: .forbidden,
                        detail: "What is known of the caller does not allow this.",
                        reason: "requirement",
                        policy: policy.name
                    )
                )
            }
        }
        return .admitted(Caller(policy: policy.name, consumer: consumer, claims: claims))
    }

    /// The credentials of an `Authorization` of that scheme (RFC 9110, section 11.4); none where the field stands twice.
    private func credentials(of presented: Presented, scheme: String) -> String? {
        let values = presented.header("authorization")
        guard values.count == 1, let value = values.first, let space = value.firstIndex(of: " "),
            value[..<space].lowercased() == scheme
        else { return nil }
        return String(value[value.index(after: space)...].drop { $0 == " " })
    }

    private func invalid(_ policy: AccessPolicy, _ detail: String, _ reason: String) -> Denial {
        Denial(
            kind: .invalid,
            detail: detail,
            reason: reason,
            challenges: [policy.challenge(error: detail)],
            policy: policy.name
        )
    }

    private func unavailable(_ policy: AccessPolicy, _ detail: String, _ reason: String) -> Denial {
        Denial(kind: .unavailable, detail: detail, reason: reason, policy: policy.name)
    }
}

extension [String] {
    /// Each text once, where it stands first.
    fileprivate var withoutRepeats: [String] {
        reduce(into: []) { texts, text in
            if !texts.contains(text) { texts.append(text) }
        }
    }
}
