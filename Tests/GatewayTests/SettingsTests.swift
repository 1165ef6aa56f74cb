import CurlTransport
import Diagnostics
import NIOCore
import Testing

@testable import Gateway

@Suite("Settings")
struct SettingsTests {
    private func read(_ text: String?, _ environment: [String: String] = [:]) -> (GatewaySettings?, [String]) {
        let diagnostics = DiagnosticList()
        let settings = GatewaySettings.read(
            file: text.map { SourceFile(path: "gateway.json", bytes: Array($0.utf8)) },
            environment: environment,
            diagnostics: diagnostics
        )
        return (
            settings, diagnostics.sorted().map { $0.rendered().split(separator: "\n").first.map(String.init) ?? "" }
        )
    }

    @Test("without a file and an environment everything has its default")
    func defaults() throws {
        let settings = try #require(read(nil).0)
        #expect(settings.listen.host == "127.0.0.1")
        #expect(settings.listen.port == 8080)
        #expect(settings.compositions == "compositions")
        #expect(settings.backends.isEmpty)
    }

    @Test("a file sets every value")
    func file() throws {
        let (settings, errors) = read(
            """
            {"listen": "[::1]:9000", "compositions": "c", "threads": 2, "loops": 3, "shutdownGrace": "5s",
             "limits": {"requestTarget": "1KiB", "requestHeaders": "2KiB", "requestHeaderCount": 9, "requestBody": 77,
                        "backendRequests": 12,
                        "headerTimeout": "1s", "bodyTimeout": "2s", "idleTimeout": "3s", "writeTimeout": "4s",
                        "connections": 12},
             "log": {"level": "warning", "format": "json"},
             "backends": {"a": {"url": "https://h:1/base/", "timeout": "1s", "connectTimeout": "2s",
                "maxResponseBody": "1MiB", "maxConnections": 5, "maxInFlight": 6, "maxQueued": 7,
                "idleConnectionAge": "8s", "followRedirects": 2, "headers": {"X-Key": "k"}, "proxy": "http://p:3128",
                "caFile": "ca.pem", "clientCertificate": "c.pem", "clientKey": "k.pem", "http2": true}}}
            """
        )
        #expect(errors == [])
        let made = try #require(settings)
        #expect(made.listen.host == "::1")
        #expect(made.listen.port == 9000)
        #expect(made.limits.maxBodyBytes == 77)
        #expect(made.maxBackendRequests == 12)
        #expect(made.limits.maxTargetBytes == 1024)
        #expect(made.limits.headerTimeout == .seconds(1))
        #expect(made.log.level == .warning)
        #expect(made.loops == 3)
        let backend = try #require(made.backends.first)
        #expect(backend.url == "https://h:1/base")
        #expect(backend.options.maxResponseBody == 1 << 20)
        #expect(backend.headers.map(\.value) == ["k"])
        #expect(backend.options.http2)
        #expect(backend.options.followRedirects == 2)
    }

    @Test("the environment overrides the file, and its values are checked as the file's are")
    func environment() throws {
        let text = #"{"listen": "127.0.0.1:1", "backends": {"my-users": {"url": "http://a"}}}"#
        let (settings, _) = read(
            text,
            [
                "MEDLEY_LISTEN": "127.0.0.1:0", "MEDLEY_BACKENDS_MY_USERS_URL": "http://b:2", "MEDLEY_THREADS": "4",
                "MEDLEY_LIMITS_REQUEST_BODY": "5KiB", "MEDLEY_BACKENDS_MY_USERS_HTTP2": "true",
            ]
        )
        let made = try #require(settings)
        #expect(made.listen.port == 0)
        #expect(made.threads == 4)
        #expect(made.limits.maxBodyBytes == 5120)
        #expect(made.backends.first?.url == "http://b:2")
        #expect(made.backends.first?.options.http2 == true)
        let (refused, errors) = read(nil, ["MEDLEY_THREADS": "many"])
        #expect(refused == nil)
        #expect(errors.first?.hasPrefix("environment variable MEDLEY_THREADS: error: 'threads'") == true, "\(errors)")
    }

    @Test("an error about a value from the environment does not show it: it may be a secret")
    func secretsStaySecret() {
        for name in ["MEDLEY_BACKENDS_A_URL", "MEDLEY_BACKENDS_A_HEADERS_X_KEY", "MEDLEY_BACKENDS_A_TIMEOUT"] {
            let diagnostics = DiagnosticList()
            let text = #"{"backends": {"a": {"url": "http://h", "timeout": "1s", "headers": {"X-Key": "k"}}}}"#
            let settings = GatewaySettings.read(
                file: SourceFile(path: "gateway.json", bytes: Array(text.utf8)),
                environment: [name: "ftp://user:hunter2@h\n"],
                diagnostics: diagnostics
            )
            #expect(settings == nil)
            #expect(diagnostics.hasErrors)
            #expect(!diagnostics.sorted().contains { $0.rendered().contains("hunter2") })
        }
    }

    @Test("a variable that is no setting is a warning that names the nearest")
    func unknownVariable() {
        let (settings, warnings) = read(nil, ["MEDLEY_LISTN": "x"])
        #expect(settings != nil)
        #expect(warnings == ["warning: the environment variable 'MEDLEY_LISTN' is no setting"])
    }

    @Test("${NAME} is read from the environment, and a missing one stops the start")
    func secrets() throws {
        let text = #"{"backends": {"a": {"url": "http://${HOST}/x", "headers": {"X-Key": "pre-${KEY}"}}}}"#
        let made = try #require(read(text, ["HOST": "h", "KEY": "s3cret"]).0)
        #expect(made.backends.first?.url == "http://h/x")
        #expect(made.backends.first?.headers.first?.value == "pre-s3cret")
        let (refused, errors) = read(text, ["HOST": "h"])
        #expect(refused == nil)
        #expect(errors == ["gateway.json:1:69: error: the environment variable 'KEY' is not set"])
        #expect(read(text, ["HOST": "h", "KEY": "a\r\nX-B: c"]).0 == nil)
    }

    @Test(
        "a mistake is found at its place",
        arguments: [
            (#"{"listn": 1}"#, "gateway.json:1:2: error: unknown key 'listn' in the settings"),
            (#"{"listen": 8080}"#, "'listen' in the settings must be a string, not 8080"),
            (
                #"{"admin": {"listen": "127.0.0.1:1", "token": ""}}"#,
                "gateway.json:1:46: error: the admin token is empty"
            ),
            (#"{"listen": "nowhere"}"#, "gateway.json:1:12: error: 'listen' is no address"),
            (#"{"listen": "1.2.3.4:70000"}"#, "'listen' is no address"),
            (#"{"backends": {"a": {}}}"#, "gateway.json:1:20: error: the backend 'a' needs 'url'"),
            (
                #"{"backends": {"a": {"url": "ftp://x"}}}"#,
                "gateway.json:1:28: error: 'url' of the backend 'a' must begin with http:// or https://"
            ),
            (#"{"backends": {"a": {"url": "http://u:p@x"}}}"#, "cannot hold a user and a password"),
            (#"{"backends": {"a": {"url": "http://x?y"}}}"#, "cannot hold a query"),
            (#"{"backends": {"a": {"url": "http://x/../y"}}}"#, "cannot hold '.' or '..'"),
            (
                #"{"backends": {"a": {"url": "http://x", "maxInFlight": 0}}}"#,
                "must be a whole number from 1 to 4096, not 0"
            ),
            (
                #"{"backends": {"a": {"url": "http://x", "headers": {"Host": "y"}}}}"#,
                "the header 'Host' is the transport's to write"
            ),
            (#"{"backends": {"a": {"url": "http://h:99999"}}}"#, "the URL's port is not 1 to 65535"),
            (
                #"{"backends": {"a": {"url": "http://x", "proxy": "nowhere"}}}"#,
                "the proxy must be written http://host:port"
            ),
            (#"{"backends": {"a": {"url": "http://x", "clientKey": "k.pem"}}}"#, "clientKey needs a clientCertificate"),
            (
                #"{"backends": {"a": {"url": "http://x", "headers": {"TE": "y"}}}}"#,
                "the header 'TE' is the transport's to write"
            ),
            (#"{"log": {"level": "loud"}}"#, "'level' in 'log' must be one of debug, info, warning, error"),
            (#"{"limits": {"requestBody": "lots"}}"#, "'requestBody' in 'limits' must be a size"),
            (#"{"limits": {"backendRequests": 0}}"#, "'backendRequests' in 'limits' must be a whole number from 1 to"),
        ]
    )
    func mistakes(text: String, expected: String) {
        let (settings, errors) = read(text)
        #expect(settings == nil)
        #expect(errors.contains { $0.contains(expected) }, "found \(errors)")
    }
}
