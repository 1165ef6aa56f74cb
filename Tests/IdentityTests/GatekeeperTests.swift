import Diagnostics
import JMESPath
import JSONSlices
import Testing

@testable import Identity

@Suite("Who is let in")
struct GatekeeperTests {
    private let keys: ConsumerKeys

    init() throws {
        // printf %s KEY | sha256sum, for the keys "secret" and "other".
        let text = """
            {"consumers": {
              "acme": {"keys": ["sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"],
                       "claims": {"plan": "gold"}},
              "globex": {"keys": ["sha256:d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"]}
            }}
            """
        keys = try #require(Self.read(text).keys)
    }

    private static func read(_ text: String) -> (keys: ConsumerKeys?, errors: [String]) {
        let diagnostics = DiagnosticList()
        let keys = ConsumerKeys.read(SourceFile(path: "keys.json", bytes: Array(text.utf8)), diagnostics: diagnostics)
        return (keys, diagnostics.sorted().map { $0.rendered() })
    }

    private func policy(_ require: String? = nil, name: String = "partners") throws -> AccessPolicy {
        AccessPolicy(
            name: name,
            scheme: .apiKey(keys, header: "x-api-key"),
            realm: "me\"dley",
            require: try require.map(Expression.parse),
            forwards: false
        )
    }

    private func decide(_ gatekeeper: Gatekeeper, _ headers: [String: [String]]) -> Gatekeeper.Decision {
        gatekeeper.decide(Presented(header: { headers[$0] ?? [] }), now: 1000)
    }

    private func caller(_ decision: Gatekeeper.Decision) -> Caller? {
        if case .admitted(let caller) = decision { caller } else { nil }
    }

    private func denial(_ decision: Gatekeeper.Decision) -> Denial? {
        if case .denied(let denial) = decision { denial } else { nil }
    }

    @Test("a key's consumer and its claims are known")
    func known() throws {
        let gatekeeper = Gatekeeper(policies: [try policy()], allowsAnonymous: false, require: nil)
        let acme = caller(decide(gatekeeper, ["x-api-key": ["secret"]]))
        #expect(acme?.consumer == "acme")
        #expect(acme?.claims.member("plan")?.string == "gold")
        #expect(caller(decide(gatekeeper, ["x-api-key": ["other"]]))?.consumer == "globex")
    }

    @Test(
        "no key, a wrong one, and two of them",
        arguments: [
            ([:], Denial.Kind.unauthenticated), (["x-api-key": ["Secret"]], .invalid), (["x-api-key": [""]], .invalid),
            (["x-api-key": ["secret", "secret"]], .invalid),
        ]
    )
    func refused(headers: [String: [String]], kind: Denial.Kind) throws {
        let gatekeeper = Gatekeeper(policies: [try policy()], allowsAnonymous: false, require: nil)
        let denial = denial(decide(gatekeeper, headers))
        #expect(denial?.kind == kind)
        #expect(denial?.challenges == [#"ApiKey realm="me\"dley", header="x-api-key""#])
    }

    @Test("anonymous is for those who show nothing")
    func anonymous() throws {
        let gatekeeper = Gatekeeper(policies: [try policy()], allowsAnonymous: true, require: nil)
        guard case .admitted(nil) = decide(gatekeeper, [:]) else {
            Issue.record("not let in")
            return
        }
        #expect(denial(decide(gatekeeper, ["x-api-key": ["wrong"]]))?.kind == .invalid)
    }

    @Test(
        "what is required is true, and nothing else will do",
        arguments: [
            ("plan == 'gold'", true), ("plan == 'silver'", false), ("plan", false), ("missing", false),
            ("length(missing) > `0`", false), ("`1`", false),
        ]
    )
    func require(expression: String, isEnough: Bool) throws {
        for gatekeeper in [
            Gatekeeper(policies: [try policy(expression)], allowsAnonymous: false, require: nil),
            Gatekeeper(policies: [try policy()], allowsAnonymous: false, require: try Expression.parse(expression)),
        ] {
            let decision = decide(gatekeeper, ["x-api-key": ["secret"]])
            #expect((caller(decision) != nil) == isEnough)
            #expect(denial(decision)?.kind == (isEnough ? nil : .forbidden))
        }
    }

    @Test("another policy may let in whom the first one refuses")
    func several() throws {
        let strict = try policy("plan == 'silver'", name: "strict")
        let gatekeeper = Gatekeeper(policies: [strict, try policy()], allowsAnonymous: false, require: nil)
        #expect(caller(decide(gatekeeper, ["x-api-key": ["secret"]]))?.policy == "partners")
    }

    @Test(
        "a file of keys is held to its form",
        arguments: [
            (#"{"consumers": {"a": {"keys": ["secret"]}}}"#, "a key of 'a' is no hash"),
            (#"{"consumers": {"a": {"keys": "x"}}}"#, "'keys'"),
            (#"{"consumers": {"a": {}}}"#, "keys"),
            (#"{"consumer": {}}"#, "unknown key 'consumer'"),
            (#"{"consumers": {"a": {"keys": [], "claims": 7}}}"#, "'claims'"),
        ]
    )
    func files(text: String, error: String) {
        let read = Self.read(text)
        #expect(read.keys == nil)
        #expect(read.errors.contains { $0.contains(error) }, "\(read.errors)")
        #expect(!read.errors.joined().contains("\"secret\""), "a key in plain text is not repeated")
    }

    @Test("passwords: right, wrong, and nobody's")
    func passwords() async throws {
        // openssl passwd -6 -salt abcdefgh geheim
        let passwords = try Passwords(parsing: "# staff\nops:\(Self.hash)\n")
        #expect(!passwords.isKnown(user: "ops", password: "geheim"))
        #expect(await passwords.check(user: "ops", password: "geheim") == .right)
        #expect(passwords.isKnown(user: "ops", password: "geheim"))
        #expect(await passwords.check(user: "ops", password: "Geheim") == .wrong)
        #expect(!passwords.isKnown(user: "ops", password: "Geheim"))
        #expect(await passwords.check(user: "root", password: "geheim") == .wrong)
        #expect(await passwords.check(user: "ops", password: "geheim\0") == .wrong)
        #expect(!passwords.isKnown(user: "opsg", password: "eheim"))
    }

    @Test("a file may have the line ends of Windows, and a name is its bytes")
    func passwordLines() async throws {
        let passwords = try Passwords(parsing: "# staff\r\nKate:\(Self.hash)\r\n\r\nops:\(Self.hash)\r\n")
        #expect(passwords.count == 2)
        #expect(await passwords.check(user: "ops", password: "geheim") == .right)
        #expect(await passwords.check(user: "Kate", password: "geheim") == .right)
        // The Kelvin sign, which Unicode calls equivalent.
        #expect("\u{212A}ate" == "Kate")
        #expect(await passwords.check(user: "\u{212A}ate", password: "geheim") == .wrong)
        #expect(throws: Passwords.Failure.self) { try Passwords(parsing: "ops:\(Self.hash) \n") }
    }

    @Test("a password may begin with what Swift takes for a part of the colon")
    func combiningPassword() throws {
        // ops:\u{301}x
        let credentials = try #require(BasicCredentials("b3BzOsyBeA=="))
        #expect(credentials.user == "ops" && credentials.password == "\u{301}x")
    }

    @Test("keys are fetched at their pace, also by a clock that was set back")
    func pace() async throws {
        let pace = RemoteKeys.Pace()
        var known = RemoteKeys.Known()
        known.tried = 1_000
        #expect(!RemoteKeys.mayFetch(known, pace, isKeyMissing: true, now: 1_009))
        #expect(RemoteKeys.mayFetch(known, pace, isKeyMissing: false, now: 1_010))
        #expect(RemoteKeys.mayFetch(known, pace, isKeyMissing: false, now: 10))
        known.keys = try await VerificationKeys(set: Array(#"{"keys": []}"#.utf8), for: [.es256], mayBeEmpty: true)
        known.fetched = 1_000
        #expect(!RemoteKeys.mayFetch(known, pace, isKeyMissing: false, now: 1_599))
        #expect(RemoteKeys.mayFetch(known, pace, isKeyMissing: true, now: 1_599))
        #expect(RemoteKeys.mayFetch(known, pace, isKeyMissing: false, now: 1_600))
        #expect(RemoteKeys.mayFetch(known, pace, isKeyMissing: false, now: 10))
        #expect(known.keys?.isEmpty == true && known.keys?.notes.count == 1)
    }

    @Test("lines that are no user's", arguments: ["ops", "ops:{SHA}abc", "ops:plain", ":$6$x$y", "a:$6$x$y\na:$6$x$z"])
    func passwordFiles(text: String) {
        #expect(throws: Passwords.Failure.self) { try Passwords(parsing: text) }
    }

    private static let hash =
        "$6$abcdefgh$msgktWxVAbjjh3X7lA5LaM7dS/ZfABJL6T4qcRsnjcOTj0kptUvZcrvrXIoO5fgPA9xz6UnF2To2Y7jGc/IZY/"
}
