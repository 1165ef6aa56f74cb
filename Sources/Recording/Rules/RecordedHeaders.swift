/// The response headers that go into a fixture.
struct RecordedHeaders {
    /// Sorted by name; a name once, with a value per line.
    let fields: [(name: String, values: [String])]
    /// Names of headers whose values were secret.
    let redacted: [String]
    /// The first `Content-Type` as it was received.
    let mediaType: String?

    init(_ received: [RecordedExchange.Field], _ rules: RecordingRules) {
        var lines: [String: [String]] = [:]
        var redacted: Set<String> = []
        let hasLifetime = received.contains { name, value in
            name.lowercased() == "cache-control" && value.lowercased().contains("max-age")
        }
        for (name, value) in received {
            let name = name.lowercased()
            guard Self.isKept(name, rules), Self.isWritable(value) else { continue }
            // Where there is a lifetime the date means nothing (RFC 9111, section 5.3), and it is another one each time.
            if name == "expires", hasLifetime, !rules.keptHeaders.contains(name) { continue }
            var written = value
            if rules.secrets.isSecret(header: name) {
                written = name == "set-cookie" ? Self.redactedCookie(value) : SecretRules.placeholder
            } else if !rules.secrets.isExempt(name), let text = rules.secrets.redacted(value) {
                written = text
            }
            if written != value { redacted.insert(HeaderSpelling.usual(name)) }
            lines[name, default: []].append(written)
        }
        mediaType = received.first { $0.name.lowercased() == "content-type" }?.value
        fields = lines.sorted { $0.key < $1.key }.map { (name: HeaderSpelling.usual($0.key), values: $0.value) }
        self.redacted = redacted.sorted()
    }

    private static func isKept(_ name: String, _ rules: RecordingRules) -> Bool {
        guard !VolatileHeaders.framing.contains(name), HeaderSpelling.isName(name) else { return false }
        guard !rules.droppedHeaders.contains(name) else { return false }
        return rules.keptHeaders.contains(name) || !VolatileHeaders.contains(name)
    }

    /// Whether a fixture's server could send the value (RFC 9110, section 5.5).
    private static func isWritable(_ value: String) -> Bool {
        let isBlank: (UInt8?) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard !isBlank(value.utf8.first), !isBlank(value.utf8.last) else { return false }
        return value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == UInt8(ascii: "\t") }
    }

    /// A cookie with its name and attributes, without its value and the date of its end, which is another one each time.
    private static func redactedCookie(_ value: String) -> String {
        let parts = value.split(separator: ";", omittingEmptySubsequences: false)
        let name = (parts.first ?? "").prefix { $0 != "=" }
        let attributes = parts.dropFirst().filter { !$0.lowercased().drop { $0 == " " }.hasPrefix("expires") }
        return (["\(name)=\(SecretRules.placeholder)"] + attributes.map(String.init)).joined(separator: ";")
    }
}

enum HeaderSpelling {
    /// A header's name as documents spell it, the same for HTTP/1.1 and HTTP/2, which has small letters alone.
    static func usual(_ name: String) -> String {
        let name = name.lowercased()
        if let irregular = irregular[name] { return irregular }
        return name.split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined(separator: "-")
    }

    private static let irregular = [
        "etag": "ETag", "www-authenticate": "WWW-Authenticate", "x-xss-protection": "X-XSS-Protection", "dnt": "DNT",
        "sourcemap": "SourceMap", "x-ua-compatible": "X-UA-Compatible",
        "x-dns-prefetch-control": "X-DNS-Prefetch-Control",
    ]

    /// A `token` (RFC 9110, section 5.6.2).
    static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: punctuation.contains(byte)
                }
            }
    }

    private static let punctuation = Array("!#$%&'*+-.^_`|~".utf8)
}
