import Testing

@testable import CurlTransport

@Suite("Request validation") struct RequestValidationTests {
    private func isAccepted(method: String = "GET", _ headers: [HeaderField] = []) -> Bool {
        (try? HeaderValidation.check(method: method, headers: headers)) != nil
    }

    @Test("methods are tokens", arguments: [("GET", true), ("M-SEARCH", true), ("", false), ("GE T", false)])
    func methods(method: String, accepted: Bool) {
        #expect(isAccepted(method: method) == accepted)
        #expect(!isAccepted(method: method + "\r\n"))
    }

    @Test("a CONNECT is no request to a backend")
    func connect() { #expect(!isAccepted(method: "CONNECT")) }

    @Test("a header's name is a token", arguments: ["", "a b", "a:", "a\r", "a\n", "a\0", "é", "(a)"])
    func names(name: String) { #expect(!isAccepted([HeaderField(name: name, value: "x")])) }

    @Test(
        "a value with a control character is refused",
        arguments: ["a\r\nb: c", "a\n", "\r", "a\0b", "\u{7F}", "\u{1B}"]
    )
    func values(value: String) { #expect(!isAccepted([HeaderField(name: "X", value: value)])) }

    @Test(
        "a head that libcurl has no room for is refused by its size",
        arguments: [(999_990, true), (1_000_001, false)]
    )
    func size(bytes: Int, accepted: Bool) {
        let url = "http://a/" + String(repeating: "x", count: bytes / 2 - 9)
        let field = HeaderField(name: "A", value: String(repeating: "y", count: bytes - bytes / 2 - 5))
        #expect(((try? HeaderValidation.check(sizeOf: url, headers: [field])) != nil) == accepted)
    }

    @Test("other values are accepted", arguments: ["", " ", "a\tb", "naïve", "\"quoted\", list"])
    func goodValues(value: String) { #expect(isAccepted([HeaderField(name: "X-A", value: value)])) }

    @Test(
        "fields that frame the message are refused in any case",
        arguments: [
            "Content-Length", "TRANSFER-ENCODING", "connection", "Keep-Alive", "TE", "Expect", "Upgrade",
            "Trailer", "proxy-connection",
        ]
    )
    func reserved(name: String) { #expect(!isAccepted([HeaderField(name: name, value: "1")])) }

    @Test(
        "what is not an absolute http URL in visible ASCII is refused",
        arguments: [
            "", "/x", "http", "http:/x", "http://", "http:///x", "ftp://a/", "file:///etc/passwd", "http://a b/",
            "http://a/ b", "http://a/\r\nX: y", "http://a/\0", "http://ä/", "http://user@a/", "http://user:pw@a/",
            "http://a:0/", "http://a:65536/", "http://a:x/", "http://a:/", "http://[::1/", "http://[::1]x/",
            "http://[fe80::1%25eth0]/", "http://1.2.3/", "http://1.2.3.256/", "http://0x7f.1/", "http://2130706433/",
            "http://%31/", "http://a\\b/",
        ]
    )
    func badURLs(url: String) {
        #expect(throws: TransportError.self) { try Origin(url: url) }
    }

    @Test("an origin is scheme, host and port")
    func origins() throws {
        let plain = try Origin(url: "http://Users.Internal/x:9?http://y")
        #expect(plain.host == "users.internal" && plain.port == 80 && !plain.isTLS && !plain.isLocalKnowledge)
        let tls = try Origin(url: "https://a:8443")
        #expect(tls.host == "a" && tls.port == 8443 && tls.isTLS)
        #expect(try Origin(url: "https://a?q").port == 443)
        #expect(try Origin(url: "http://[::1]:8080/").host == "::1")
        for local in ["http://127.0.0.1/", "http://[::1]/", "http://localhost/", "http://a.localhost/"] {
            #expect(try Origin(url: local).isLocalKnowledge)
        }
    }

    @Test("a URL begins with an origin only when the authority ends there")
    func prefixes() throws {
        let origin = try Origin(url: "http://a/x")
        for (url, begins) in [
            ("http://a/y", true), ("http://a", true), ("http://a?", true), ("http://ab/", false),
            ("http://a:80/", false), ("https://a/", false), ("http://a@b/", false), ("http:/", false),
        ] {
            Array(url.utf8).withUnsafeBufferPointer { #expect(origin.begins($0) == begins, "\(url)") }
        }
    }

    @Test(
        "a proxy names its port",
        arguments: [
            ("http://p:3128", true), ("https://p:3128", true), ("http://p", false),
            ("p:3128", false), ("socks5://p:1", false), ("http://u:p@p:1", false), ("http://p:1/x", false),
        ]
    )
    func proxies(text: String, accepted: Bool) {
        #expect(((try? Origin.ofProxy(text)) != nil) == accepted)
    }

    @Test("settings that cannot work are refused")
    func settings() {
        func isRefused(_ change: (inout BackendOptions) -> Void) -> Bool {
            var options = BackendOptions(name: "b")
            change(&options)
            return (try? options.check()) == nil
        }
        #expect(!isRefused { _ in })
        #expect(isRefused { $0.maxInFlight = 0 })
        #expect(isRefused { $0.maxConnections = 5000 })
        #expect(isRefused { $0.maxQueued = -1 })
        #expect(isRefused { $0.maxResponseBody = -1 })
        #expect(isRefused { $0.followRedirects = 21 })
        #expect(isRefused { $0.connectTimeout = .zero })
        #expect(isRefused { $0.clientKey = "k" })
        #expect(isRefused { $0.proxy = "socks5://a:1" })
    }
}
