/// Scheme, host and port of an absolute URL (RFC 6454), as much of it as the transport has to know.
struct Origin: Hashable, Sendable {
    /// `scheme://authority` as written: URLs that begin with it, and go on with `/`, `?` or `#`, are of this origin.
    let prefix: [UInt8]
    let isTLS: Bool
    /// In small letters; an IPv6 address without its brackets.
    let host: String
    let port: Int
    /// An address, or a name of the loopback interface: libcurl needs no resolver for it.
    let isLocalKnowledge: Bool

    /// Reads the origin of a URL and checks the whole URL: visible ASCII, http or https, no user information.
    ///
    /// - Throws: `.invalidRequest`.
    init(url: String) throws(TransportError) {
        self = try Origin.parse(Array(url.utf8))
    }

    /// The origin of a proxy: a port must be named, since libcurl's default for proxies, 1080, surprises.
    static func ofProxy(_ text: String) throws(TransportError) -> Origin {
        let origin: Origin
        do {
            origin = try Origin(url: text)
        } catch {
            throw .invalidConfiguration(detail: "the proxy must be written http://host:port or https://host:port")
        }
        guard Array(text.utf8).last.map({ (0x30...0x39).contains($0) }) == true, origin.prefix.count == text.utf8.count,
            text.utf8.dropFirst(8).contains(0x3A)
        else { throw .invalidConfiguration(detail: "the proxy must be written http://host:port or https://host:port") }
        return origin
    }

    /// True when `url` is of this very origin; says nothing about the validity of the rest.
    func begins(_ url: UnsafeBufferPointer<UInt8>) -> Bool {
        guard url.count >= prefix.count else { return false }
        for index in prefix.indices where url[index] != prefix[index] { return false }
        guard url.count > prefix.count else { return true }
        return Origin.endsAuthority(url[prefix.count])
    }

    /// True when every byte is visible ASCII.
    static func isVisible(_ url: UnsafeBufferPointer<UInt8>) -> Bool {
        url.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

extension Origin {
    private static func parse(_ url: [UInt8]) throws(TransportError) -> Origin {
        func refused(_ detail: String) -> TransportError { .invalidRequest(detail: detail) }

        guard url.withUnsafeBufferPointer(isVisible) else { throw refused("the URL is not visible ASCII") }
        guard let colon = url.firstIndex(of: 0x3A), url.dropFirst(colon).starts(with: "://".utf8) else {
            throw refused("the URL is not absolute")
        }
        let scheme = String(decoding: url[..<colon].map(HeaderValidation.lowercased), as: UTF8.self)
        guard scheme == "http" || scheme == "https" else { throw refused("the URL's scheme is not http or https") }

        let authority = url[(colon + 3)...].prefix { !endsAuthority($0) }
        let (hostBytes, portBytes) = try split(authority)
        let host = String(decoding: hostBytes.map(HeaderValidation.lowercased), as: UTF8.self)
        let isTLS = scheme == "https"
        return Origin(
            prefix: Array(url[..<authority.endIndex]),
            isTLS: isTLS,
            host: host,
            port: try port(portBytes, default: isTLS ? 443 : 80),
            isLocalKnowledge: try isLocalKnowledge(host)
        )
    }

    private init(prefix: [UInt8], isTLS: Bool, host: String, port: Int, isLocalKnowledge: Bool) {
        self.prefix = prefix
        self.isTLS = isTLS
        self.host = host
        self.port = port
        self.isLocalKnowledge = isLocalKnowledge
    }

    /// `host`, `host:port`, `[address]` or `[address]:port`.
    private static func split(
        _ authority: ArraySlice<UInt8>
    ) throws(TransportError) -> (host: ArraySlice<UInt8>, port: ArraySlice<UInt8>?) {
        let bracketed = authority.first == 0x5B
        let host: ArraySlice<UInt8>
        let rest: ArraySlice<UInt8>
        if bracketed {
            host = authority.dropFirst().prefix { $0 != 0x5D }
            rest = authority.dropFirst(host.count + 2)
        } else {
            host = authority.prefix { $0 != 0x3A }
            rest = authority.dropFirst(host.count)
        }
        let isClosed = !bracketed || (host.endIndex < authority.endIndex)
        let isSpelled = host.allSatisfy(bracketed ? isAddressByte : isNameByte)
        guard !host.isEmpty, host.count <= 253, isClosed, isSpelled, rest.isEmpty || rest.first == 0x3A else {
            throw .invalidRequest(detail: "the URL's authority is not host or host:port")
        }
        return (host, rest.isEmpty ? nil : rest.dropFirst())
    }

    private static func port(_ digits: ArraySlice<UInt8>?, default fallback: Int) throws(TransportError) -> Int {
        guard let digits else { return fallback }
        guard (1...5).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(String(decoding: digits, as: UTF8.self)), (1...65_535).contains(port)
        else { throw .invalidRequest(detail: "the URL's port is not 1 to 65535") }
        return port
    }

    private static func isLocalKnowledge(_ host: String) throws(TransportError) -> Bool {
        if host.utf8.contains(0x3A) || host == "localhost" || host.hasSuffix(".localhost") { return true }
        let labels = host.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard let last = labels.last, !last.isEmpty, last.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return false
        }
        // A name whose last label is a number can only be an IPv4 address; any other spelling of one is refused.
        let octets = labels.compactMap { $0.count <= 3 ? UInt8(String(decoding: $0, as: UTF8.self)) : nil }
        guard labels.count == 4, octets.count == 4 else {
            throw .invalidRequest(detail: "the URL's host is not an IPv4 address in dotted decimal")
        }
        return true
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == 0x2F || byte == 0x3F || byte == 0x23
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x41...0x46, 0x61...0x66, 0x2E: true
        default: false
        }
    }
}
