import Composition
import CurlTransport
import Diagnostics
import JSONSlices
import NIOCore
import NIOHTTP1
import RateLimits
import Testing

@testable import Gateway

@Suite("Limits of endpoints")
struct LimitTests {
    private static func settings(_ json: String, errors: Int = 0) throws -> GatewaySettings? {
        let diagnostics = DiagnosticList()
        let file = SourceFile(path: "gateway.json", bytes: Array(json.utf8))
        let settings = GatewaySettings.read(file: file, environment: [:], diagnostics: diagnostics)
        #expect(diagnostics.errorCount == errors, "\(diagnostics.sorted().map(\.message))")
        return settings
    }

    private static func request(
        _ address: String,
        headers: [(String, String)] = []
    ) -> FrontRequest {
        FrontRequest(
            id: "1",
            method: "GET",
            target: "/a",
            path: "/a",
            host: "example.com",
            headers: HTTPHeaders(headers),
            body: [],
            remoteAddress: address,
            clientAddress: address,
            received: .now()
        )
    }

    @Test("limits are read with all that they say")
    func read() throws {
        let settings = try #require(
            try Self.settings(
                """
                { "cache": { "redis": "redis://127.0.0.1:6379" }, "rateLimits": {
                  "a": { "rate": "10/s burst 20", "key": "request.address", "everyEndpoint": true },
                  "b": { "quota": "5/month", "shared": true, "whenRedisFails": { "local": 0.5 }, "remember": 16 } } }
                """
            )
        )
        #expect(settings.rateLimits.map(\.name) == ["a", "b"])
        #expect(settings.rateLimits[0].isForAll)
        #expect(settings.rateLimits[0].withoutRedis == nil)
        #expect(settings.rateLimits[1].withoutRedis == .local(0.5))
        #expect(settings.rateLimits[1].remember == 16)
        #expect("\(settings.rateLimits[0].rule)" == "10/s burst 20")
    }

    @Test(
        "what a limit cannot be is refused",
        arguments: [
            #"{ "a b": { "rate": "1/s" } }"#, #"{ "a": {} }"#, #"{ "a": { "rate": "1/s", "quota": "1/day" } }"#,
            #"{ "a": { "rate": "1" } }"#, #"{ "a": { "quota": "1/s" } }"#,
            #"{ "a": { "rate": "1/s", "key": "request" } }"#, #"{ "a": { "rate": "1/s", "key": "request.body" } }"#,
            #"{ "a": { "rate": "1/s", "key": "consumer" } }"#, #"{ "a": { "rate": "1/s", "key": "a[" } }"#,
            #"{ "a": { "rate": "1/s", "whenRedisFails": "open" } }"#, #"{ "a": { "rate": "1/s", "burst": 2 } }"#,
        ]
    )
    func refused(limits: String) throws {
        #expect(try Self.settings(#"{ "rateLimits": \#(limits) }"#, errors: 1) == nil)
    }

    @Test(
        "a shared limit says what a dead Redis means",
        arguments: [
            #"{ "rate": "1/s", "shared": true }"#, #"{ "rate": "1/s", "shared": true, "whenRedisFails": "maybe" }"#,
            #"{ "rate": "1/s", "shared": true, "whenRedisFails": { "local": 0 } }"#,
            #"{ "rate": "1/s", "shared": true, "whenRedisFails": { "local": 1.5 } }"#,
            #"{ "rate": "1/s", "shared": true, "whenRedisFails": {} }"#,
        ]
    )
    func shared(limit: String) throws {
        let json = #"{ "cache": { "redis": "redis://127.0.0.1:6379" }, "rateLimits": { "a": \#(limit) } }"#
        #expect(try Self.settings(json, errors: 1) == nil)
    }

    @Test(
        "an IPv6 client counts by its network, an IPv4 client by its address, however it is written",
        arguments: [
            ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
            ("::1", "0:0:0:0::/64"), ("fe80::1%eth0", "fe80:0:0:0::/64"), ("-", "-"), (":::", ":::"),
        ]
    )
    func networks(address: String, text: String) {
        #expect(ClientNetwork.text(of: address) == text)
    }

    @Test("keys are read of the request, and secrets in them are hashed")
    func keys() throws {
        func text(_ key: String, _ request: FrontRequest) throws -> String? {
            try LimitKey(parsing: key).text(request, endpoint: "GET /a")
        }
        let device = Self.request("192.0.2.7", headers: [("X-Device", "abc"), ("X-Device", "def")])
        #expect(try text("request.address", device) == "192.0.2.7")
        #expect(try text("endpoint", device)?.hasPrefix("#") == true, "a space is hashed")
        #expect(try text("request.consumer", device) == nil)
        #expect(try text("request.claims.tenant", device) == nil)
        let hashed = try #require(try text("request.headers.\"X-DEVICE\"", device))
        #expect(hashed.hasPrefix("#") && hashed.utf8.count == 33)
        #expect(try text("join('/', [request.address, request.method])", device)?.hasPrefix("#") == true)
        #expect(try text("request.headers.missing", device) == nil)
        #expect(try text("abs(request.address)", device) == nil, "what fails counts as no key")
    }

    @Test(
        "policies are told as the draft has them",
        arguments: [
            ("100/s burst 200", #""a";q=100;w=1;burst=200"#), ("1000/10m", #""a";q=1000;w=600"#),
            ("10/500ms", #""a";q=20;w=1"#), ("1/1500ms", #""a";q=1;w=2"#),
        ]
    )
    func fields(rate: String, field: String) throws {
        let settings = try #require(
            try Self.settings(#"{ "rateLimits": { "a": { "rate": "\#(rate)" } } }"#)?.rateLimits.first
        )
        #expect(LimitFields.policy(settings) == field)
    }

    private static let page = """
        { "endpoint": "GET /page", "limits": ["few", { "policy": "calls", "cost": "calls" }],
          "calls": { "a": { "backend": "b", "path": "/a" } } }
        """

    @Test("an endpoint may not cost more than its limit ever has, nor name one that is not there")
    func check() throws {
        func messages(_ limits: String, _ endpoint: String) throws -> [String] {
            let diagnostics = DiagnosticList()
            let settings = try #require(try Self.settings(#"{ "rateLimits": \#(limits) }"#))
            let set = CompositionSet.compile(
                [SourceFile(path: "a.json", bytes: Array(endpoint.utf8))],
                backends: nil,
                diagnostics: diagnostics
            )
            LimitPolicies(settings.rateLimits).check(set, diagnostics: diagnostics)
            return diagnostics.sorted().map(\.message)
        }
        #expect(
            try messages(#"{ "few": { "rate": "1/s" } }"#, Self.page) == ["no limit is named 'calls'"]
        )
        let costly = """
            { "endpoint": "GET /page", "limits": { "policy": "few", "cost": "calls" },
              "calls": { "a": { "backend": "b", "path": "/a" }, "c": { "backend": "b", "path": "/c" } },
              "response": { "body": ["{a}", "{c}"] } }
            """
        #expect(
            try messages(#"{ "few": { "rate": "1/s" } }"#, costly) == [
                "a request may cost 2, and 'few' never has more than 1 to spend"
            ]
        )
        #expect(try messages(#"{ "few": { "rate": "1/s burst 2" } }"#, costly) == [])
    }
}
