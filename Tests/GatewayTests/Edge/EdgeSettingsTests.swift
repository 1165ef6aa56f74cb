import Diagnostics
import NIOCore
import Testing

@testable import Gateway

@Suite("Edge: settings")
struct EdgeSettingsTests {
    private func read(_ text: String) -> (GatewaySettings?, [String]) {
        let diagnostics = DiagnosticList()
        let settings = GatewaySettings.read(
            file: SourceFile(path: "gateway.json", bytes: Array(text.utf8)),
            environment: [:],
            diagnostics: diagnostics
        )
        return (
            settings, diagnostics.sorted().map { $0.rendered().split(separator: "\n").first.map(String.init) ?? "" }
        )
    }

    @Test("nothing is done where nothing is asked for")
    func defaults() throws {
        let settings = try #require(read("{}").0)
        #expect(settings.edge.isEmpty)
        #expect(settings.limits.maxConnectionsPerAddress == nil)
        let off = try #require(read(#"{"compression": false, "securityHeaders": false, "trustedProxies": []}"#).0)
        #expect(off.edge.isEmpty)
    }

    @Test("a file sets every value")
    func file() throws {
        let (settings, errors) = read(
            """
            {"trustedProxies": ["10.0.0.0/8", "::1"], "forwardedHeader": "Forwarded",
             "addresses": {"allow": ["192.0.2.0/24"], "deny": ["192.0.2.1"]},
             "cors": {"origins": ["https://app.example.com"], "methods": ["GET", "POST"], "headers": "*",
                      "exposedHeaders": ["ETag"], "credentials": true, "maxAge": "2m"},
             "securityHeaders": {"Strict-Transport-Security": "max-age=60", "Content-Security-Policy": false},
             "responseHeaders": {"set": {"X-A": "b"}, "remove": ["X-Powered-By"]},
             "compression": {"encodings": ["gzip", "br"], "minimumSize": "2KiB", "types": ["text/*"],
                             "levels": {"gzip": 1, "br": 2, "zstd": 5}, "memory": "1MiB"},
             "limits": {"connectionsPerAddress": 7, "pipelinedRequests": 3, "backlog": 9, "lingerTimeout": "1s"}}
            """
        )
        #expect(errors == [])
        let made = try #require(settings)
        let edge = made.edge
        #expect(edge.proxies?.field == .forwarded)
        func has(_ list: AddressList?, _ text: String) throws -> Bool? {
            list?.contains(try #require(IPAddress(text)))
        }
        #expect(try has(edge.proxies?.trusted, "::1") == true)
        #expect(try has(edge.addresses.allow, "192.0.2.9") == true)
        #expect(try has(edge.addresses.deny, "192.0.2.1") == true)
        let cors = try #require(edge.cors)
        #expect(cors.methods == ["GET", "POST"])
        #expect(cors.headers == nil)
        #expect(cors.exposedHeaders == ["ETag"])
        #expect(cors.allowsCredentials)
        #expect(cors.maxAge == 120)
        #expect(
            edge.headers.security.map { "\($0.name): \($0.value)" } == [
                "X-Content-Type-Options: nosniff", "Strict-Transport-Security: max-age=60",
                "Referrer-Policy: no-referrer",
            ]
        )
        #expect(edge.headers.removed == ["x-powered-by"])
        #expect(edge.headers.set == [.init(name: "X-A", value: "b")])
        let compression = try #require(edge.compression)
        #expect(compression.encodings == [.gzip, .br])
        #expect(compression.minimumSize == 2048)
        #expect(compression.types.contains("text/plain"))
        #expect(!compression.types.contains("application/json"))
        #expect(compression.level(of: .gzip) == 1)
        #expect(compression.memory == 1 << 20)
        #expect(made.limits.maxConnectionsPerAddress == 7)
        #expect(made.limits.maxPipelinedRequests == 3)
        #expect(made.limits.backlog == 9)
        #expect(made.limits.lingerTimeout == .seconds(1))
    }

    @Test(
        "mistakes are named where they stand",
        arguments: [
            (#"{"trustedProxies": "10.0.0.0/8"}"#, "must be a list such as"),
            (#"{"trustedProxies": ["10.0.0.1/8"]}"#, "'10.0.0.1/8' has bits behind its prefix"),
            (#"{"trustedProxies": ["proxy.internal"]}"#, "'proxy.internal' is no address"),
            (#"{"trustedProxies": [1]}"#, "'trustedProxies' has a number in it"),
            (#"{"forwardedHeader": "Forwarded"}"#, "there are none"),
            (#"{"trustedProxies": ["::1"], "forwardedHeader": "Via"}"#, "\"X-Forwarded-For\" or \"Forwarded\""),
            (#"{"addresses": {"denied": []}}"#, "unknown key 'denied'"),
            (#"{"addresses": {"deny": ["10.0.0.0/33"]}}"#, "is no address"),
            (#"{"cors": {}}"#, "'cors' needs 'origins'"), (#"{"cors": {"origins": "*"}}"#, "must be a list"),
            (#"{"cors": {"origins": []}}"#, "must be a list"),
            (#"{"cors": {"origins": ["https://a.example/"]}}"#, "no browser has such an origin"),
            (#"{"cors": {"origins": ["*"], "credentials": true}}"#, "credentials for every origin"),
            (#"{"cors": {"origins": ["*"], "methods": ["*"]}}"#, "must be a list of names"),
            (#"{"cors": {"origins": ["*"], "headers": ["a b"]}}"#, "must be a list of names"),
            (#"{"securityHeaders": "on"}"#, "must be true, false or an object"),
            (#"{"securityHeaders": {"X-Other": "a"}}"#, "unknown key 'X-Other'"),
            (#"{"securityHeaders": {"Referrer-Policy": 1}}"#, "must be a text"),
            (#"{"securityHeaders": {"Referrer-Policy": "a\nb"}}"#, "cannot stand in a header"),
            (#"{"responseHeaders": {"set": {"Content-Length": "1"}}}"#, "can be set or removed"),
            (#"{"responseHeaders": {"remove": ["Vary"]}}"#, "can be set or removed"),
            (#"{"responseHeaders": {"set": {"X-A": ""}}}"#, "cannot stand in a header"),
            (#"{"responseHeaders": {"remove": "X-A"}}"#, "must be a list of names"),
            (#"{"compression": 1}"#, "must be true, false or an object"),
            (#"{"compression": {"encodings": ["deflate"]}}"#, "a list of some of zstd, br, gzip"),
            (#"{"compression": {"encodings": ["br", "br"]}}"#, "each once"),
            (#"{"compression": {"encodings": []}}"#, "a list of some of"),
            (#"{"compression": {"levels": {"gzip": 10}}}"#, "from 1 to 9"),
            (#"{"compression": {"types": ["json"]}}"#, "a list of media types"),
            (#"{"limits": {"connectionsPerAddress": 0}}"#, "from 1 to 1000000"),
        ]
    )
    func mistakes(text: String, message: String) {
        let (settings, errors) = read(text)
        #expect(settings == nil)
        #expect(errors.count == 1)
        #expect(errors.first?.contains(message) == true, "\(errors)")
        #expect(errors.first?.contains("gateway.json:1:") == true)
    }
}
