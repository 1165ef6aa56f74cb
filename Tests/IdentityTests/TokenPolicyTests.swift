import JSONSlices
import Testing

@testable import Identity

@Suite("Tokens against a policy")
struct TokenPolicyTests {
    private let maker = TokenMaker()
    private let claims = #"{"sub":"42","exp":2000}"#

    private func policy(_ algorithms: [TokenAlgorithm] = [.es256], capacity: Int = 10) async throws -> TokenPolicy {
        let keys = try await VerificationKeys(set: maker.set(maker.jwk(kid: "k1")), for: algorithms)
        return TokenPolicy(algorithms: algorithms, rules: TokenRules(), keys: keys, capacity: capacity)
    }

    private func fault(_ verdict: TokenPolicy.Verdict) -> TokenFault? {
        if case .refused(let fault) = verdict { fault } else { nil }
    }

    private func subject(_ verdict: TokenPolicy.Verdict) -> String? {
        if case .claims(let claims) = verdict { claims.member("sub")?.string } else { nil }
    }

    @Test("a token that is signed by the key has its claims, the first time and when it is known")
    func signed() async throws {
        let policy = try await policy()
        let token = try maker.token(claims)
        #expect(subject(policy.judge(token, now: 1000, mayFetch: true)) == "42")
        #expect(subject(policy.judge(token, now: 1000, mayFetch: true)) == "42")
        #expect(fault(policy.judge(token, now: 2030, mayFetch: true)) == .expired, "though its signature is known")
    }

    @Test("nothing of a token can be changed")
    func changed() async throws {
        let policy = try await policy(capacity: 0)
        let token = try maker.token(claims)
        for place in token.indices where token[place] != "." {
            for other in ["A", "g", "_"] where String(token[place]) != other {
                let forged = token[..<place] + other + token[token.index(after: place)...]
                guard subject(policy.judge(String(forged), now: 1000, mayFetch: true)) == nil else {
                    Issue.record("taken with another character at \(token.distance(from: token.startIndex, to: place))")
                    return
                }
            }
        }
    }

    @Test(
        "what is no token is refused without a trap",
        arguments: [
            "", ".", "..", "...", "a.b.c", "e30.e30.", "e30.e30.AA", "bnVsbA.e30.AA", "W10.e30.AA",
            String(repeating: "A", count: 100_000), String(repeating: ".", count: 5000),
        ]
    )
    func garbage(text: String) async throws {
        #expect(fault(try await policy().judge(text, now: 1000, mayFetch: true)) != nil)
    }

    @Test(
        "no algorithm but those of the policy, `none` least of all",
        arguments: [
            #"{"alg":"none"}"#, #"{"alg":"None","kid":"k1"}"#, #"{"alg":"ES384","kid":"k1"}"#,
            #"{"alg":"HS256","kid":"k1"}"#,
            #"{"alg":["ES256"]}"#, #"{"kid":"k1"}"#, #"{"alg":"es256"}"#,
        ]
    )
    func algorithms(header: String) async throws {
        #expect(
            fault(try await policy().judge(maker.token(claims, header: header), now: 1000, mayFetch: true))
                == .algorithm
        )
    }

    @Test("an empty signature is none")
    func unsigned() async throws {
        let text = TokenMaker.encode(#"{"alg":"ES256","kid":"k1"}"#.utf8) + "." + TokenMaker.encode(claims.utf8) + "."
        #expect(fault(try await policy().judge(text, now: 1000, mayFetch: true)) == .signature)
    }

    @Test("a public key is no secret")
    func confusion() async throws {
        // Even a policy that had both kinds would not mix them: the key is of kind EC.
        let policy = try await policy([.es256, .hs256])
        let jwk = maker.jwk(kid: "k1")
        let forged = TokenMaker.symmetric(claims, secret: Array(jwk.utf8), header: #"{"alg":"HS256","kid":"k1"}"#)
        #expect(fault(policy.judge(forged, now: 1000, mayFetch: true)) == .unknownKey)
    }

    @Test(
        "members that stand twice, extensions and wrong types are refused",
        arguments: [
            #"{"alg":"ES256","alg":"none","kid":"k1"}"#, #"{"alg":"ES256","kid":"k1","crit":["b64"],"b64":false}"#,
            #"{"alg":"ES256","kid":7}"#,
        ]
    )
    func ambiguous(header: String) async throws {
        #expect(
            fault(try await policy().judge(maker.token(claims, header: header), now: 1000, mayFetch: true))
                == .malformed
        )
        let twice = try maker.token(#"{"sub":"1","sub":"2","exp":2000}"#)
        #expect(fault(try await policy().judge(twice, now: 1000, mayFetch: true)) == .malformed)
    }

    @Test("a key that the set does not have")
    func unknownKey() async throws {
        let token = try maker.token(claims, header: #"{"alg":"ES256","kid":"other"}"#)
        #expect(fault(try await policy().judge(token, now: 1000, mayFetch: true)) == .unknownKey)
        let foreign = try TokenMaker().token(claims)
        #expect(fault(try await policy().judge(foreign, now: 1000, mayFetch: true)) == .signature)
        let nameless = try maker.token(claims, header: #"{"alg":"ES256"}"#)
        #expect(subject(try await policy().judge(nameless, now: 1000, mayFetch: true)) == "42")
    }

    @Test("keys for something else are passed over")
    func otherKeys() async throws {
        let mixed = maker.set(
            maker.jwk(kid: "enc", use: "enc"),
            maker.jwk(kid: "wrong", alg: "ES384"),
            #"{"kty":"new","kid":"n"}"#,
            #"{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"weak"}"#,
            maker.jwk(kid: "k1", alg: "ES256", use: "sig")
        )
        let keys = try await VerificationKeys(set: mixed, for: [.es256, .rs256])
        #expect(keys.keys.map(\.keyID) == ["k1"])
        #expect(keys.notes.count == 1, "the RSA key is too short")
        for broken in [
            "", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[7]}"#,
            #"{"keys":[{"kty":"EC","crv":"P-256"}]}"#,
        ] {
            await #expect(throws: VerificationKeys.Failure.self, "\(broken)") {
                try await VerificationKeys(set: Array(broken.utf8), for: [.es256])
            }
        }
    }

    @Test("a secret has the bytes that its algorithm needs")
    func secrets() async throws {
        let secret = Array("0123456789abcdef0123456789abcdef".utf8)
        let keys = try await VerificationKeys(secret: secret, for: [.hs256])
        let policy = TokenPolicy(algorithms: [.hs256], rules: TokenRules(), keys: keys, capacity: 2)
        #expect(subject(policy.judge(TokenMaker.symmetric(claims, secret: secret), now: 1000, mayFetch: true)) == "42")
        let other = TokenMaker.symmetric(claims, secret: secret.dropLast() + [0])
        #expect(fault(policy.judge(other, now: 1000, mayFetch: true)) == .signature)
        await #expect(throws: VerificationKeys.Failure.self) {
            try await VerificationKeys(secret: secret, for: [.hs512])
        }
    }

    @Test("what is remembered is bounded, and forgotten with the keys")
    func remembered() throws {
        let tokens = VerifiedTokens(capacity: 4)
        let claims = try JSONDocument(parsing: "{}").root
        for number in 0..<100 { tokens.insert("\(number)", claims: claims, epoch: tokens.epoch) }
        #expect((0..<100).count { tokens["\($0)"] != nil } <= 4)
        tokens.insert("last", claims: claims, epoch: tokens.epoch)
        let epoch = tokens.epoch
        tokens.removeAll()
        #expect(tokens["last"] == nil)
        tokens.insert("late", claims: claims, epoch: epoch)
        #expect(tokens["late"] == nil, "verified with keys that have gone")
    }
}
