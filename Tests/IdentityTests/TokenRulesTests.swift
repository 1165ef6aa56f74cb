import JSONSlices
import Testing

@testable import Identity

@Suite("The claims of a token")
struct TokenRulesTests {
    private func fault(_ claims: String, _ rules: TokenRules, now: Double = 1000) throws -> TokenFault? {
        rules.fault(of: try JSONDocument(parsing: claims).root, now: now)
    }

    @Test(
        "times are checked with leeway",
        arguments: [
            (#"{"exp": 1000}"#, 1029.9, nil),
            (#"{"exp": 1000}"#, 1030, TokenFault.expired),
            (#"{"exp": 9999, "nbf": 1000}"#, 970, nil),
            (#"{"exp": 9999, "nbf": 1000}"#, 969.9, .notYetValid),
            (#"{"exp": 1000.5}"#, 1030.4, nil),
            (#"{"exp": "9999"}"#, 1000, .claim("exp")),
            (#"{"exp": 1e999}"#, 1000, .claim("exp")),
            (#"{"exp": -1}"#, 1000, .expired),
            (#"{"exp": 9999, "nbf": null}"#, 1000, .claim("nbf")),
            (#"{}"#, 1000, .claim("exp")),
        ]
    )
    func times(claims: String, now: Double, expected: TokenFault?) throws {
        #expect(try fault(claims, TokenRules(), now: now) == expected)
    }

    @Test("a token without an end is taken where the policy says so")
    func endless() throws {
        var rules = TokenRules()
        rules.needsExpiry = false
        #expect(try fault("{}", rules) == nil)
        #expect(try fault(#"{"exp": 1}"#, rules) == .expired)
    }

    @Test(
        "issuer and audience",
        arguments: [
            (#"{"exp": 9e9, "iss": "a", "aud": "x"}"#, nil),
            (#"{"exp": 9e9, "iss": "b", "aud": ["z", "y"]}"#, nil),
            (#"{"exp": 9e9, "iss": "c", "aud": "x"}"#, TokenFault.issuer),
            (#"{"exp": 9e9, "iss": ["a"], "aud": "x"}"#, .issuer),
            (#"{"exp": 9e9, "aud": "x"}"#, .issuer),
            (#"{"exp": 9e9, "iss": "a"}"#, .audience),
            (#"{"exp": 9e9, "iss": "a", "aud": []}"#, .audience),
            (#"{"exp": 9e9, "iss": "a", "aud": "xy"}"#, .audience),
            (#"{"exp": 9e9, "iss": "a", "aud": [7]}"#, .audience),
        ]
    )
    func parties(claims: String, expected: TokenFault?) throws {
        var rules = TokenRules()
        rules.issuers = ["a", "b"]
        rules.audiences = ["x", "y"]
        #expect(try fault(claims, rules) == expected)
    }
}
