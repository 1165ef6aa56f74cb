import CCurl

/// The libcurl options of one transfer, all of them but its callbacks and lists.
///
/// Made once per loop and backend: what is the same for every request is computed here, not per request.
final class TransferOptions {
    private let backend: BackendOptions
    private let connectTimeout: Int
    private let idleAge: Int
    private let caFile: String?
    /// Whether a request's target can be given by itself: a redirect would have another, and a proxy is told the whole URL.
    private let takesTargets: Bool

    init(backend: BackendOptions) {
        self.backend = backend
        connectTimeout = max(1, backend.connectTimeout.boundedMilliseconds)
        idleAge = max(1, (backend.idleConnectionAge.boundedMilliseconds + 999) / 1_000)
        caFile = backend.caFile ?? Self.systemCAFile
        takesTargets = backend.followRedirects == 0 && backend.proxy == nil
    }

    /// What libcurl is to send, or not to, besides the request's own fields. With a body it would add an `Expect` that
    /// costs a second when the backend does not know it, and the content type of a form. `Accept-Encoding` is what
    /// `CURLOPT_ACCEPT_ENCODING` says; given as a line it is not printed anew for each request.
    static func headerLines(of request: TransportRequest) -> [StaticString] {
        if request.passesThrough { return passedLines(of: request) }
        let isEncoded = request.headers.contains { HeaderValidation.equal($0.name, "accept-encoding") }
        guard request.body != nil || request.method == "POST" else { return isEncoded ? [] : encodingLines }
        let isTyped = request.headers.contains { HeaderValidation.equal($0.name, "content-type") }
        return (isTyped ? ["Expect:"] : ["Expect:", "Content-Type:"]) + (isEncoded ? [] : encodingLines)
    }

    /// Against the fields that libcurl would add to a message that is not its own.
    private static func passedLines(of request: TransportRequest) -> [StaticString] {
        func lacks(_ name: String) -> Bool { !request.headers.contains { HeaderValidation.equal($0.name, name) } }
        var lines: [StaticString] = []
        if lacks("accept") { lines.append("Accept:") }
        if let stream = request.stream, stream.upload != .none {
            lines.append(stream.options.expectsContinue ? "Expect: 100-continue" : "Expect:")
            return lines
        }
        guard request.body != nil || request.method == "POST" else { return lines }
        lines.append("Expect:")
        if lacks("content-type") { lines.append("Content-Type:") }
        return lines
    }

    private static let encodingLines: [StaticString] = ["Accept-Encoding: gzip, deflate, br"]

    /// Header fields that say nothing in confidence.
    static func isKeptOnRedirect(_ name: String) -> Bool {
        ["accept", "accept-language", "user-agent"].contains { HeaderValidation.equal($0, name) }
    }

    /// - Parameters:
    ///   - target: where in the URL it begins, if it can be sent as it is.
    ///   - isSafe: GET or HEAD: may be redirected.
    ///   - isFresh: on a connection of its own.
    func apply(
        _ request: TransportRequest,
        to origin: KnownOrigin,
        target: Int?,
        isSafe: Bool,
        isFresh: Bool,
        with setter: inout OptionSetter
    ) {
        // A body would go along to wherever the redirect points.
        let follows =
            isSafe && request.body == nil && !request.passesThrough && backend.followRedirects > 0
        if takesTargets, target != nil {
            setter.set(CURLOPT_CURLU, pointer: UnsafeRawPointer(origin.parsed))
            // Not read; but without it libcurl would write it out of the parsed one.
            setter.set(CURLOPT_URL, string: origin.text)
        }
        apply(target: target, of: request, with: &setter)
        setter.restrictToHTTP()
        setter.set(CURLOPT_PATH_AS_IS, 1)
        setter.setBufferSize(32 << 10)
        setter.set(CURLOPT_NOSIGNAL, 1)
        setter.set(CURLOPT_QUICK_EXIT, 1)
        setter.set(CURLOPT_PROXY, string: backend.proxy ?? "")
        // Without it libcurl would take `NO_PROXY` from the environment, and pass the proxy by.
        setter.set(CURLOPT_NOPROXY, string: "")
        if backend.proxy != nil { setter.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1) }
        if request.passesThrough {
            setter.set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        } else {
            setter.set(CURLOPT_ACCEPT_ENCODING, string: "gzip, deflate, br")
        }
        setter.set(CURLOPT_CONNECTTIMEOUT_MS, connectTimeout)
        setter.set(CURLOPT_MAXAGE_CONN, idleAge)
        if isFresh { setter.set(CURLOPT_FRESH_CONNECT, 1) }
        setMethod(request, to: &setter)
        if follows {
            setter.set(CURLOPT_FOLLOWLOCATION, 1)
            setter.set(CURLOPT_MAXREDIRS, backend.followRedirects)
        }
        let isTLS = origin.origin.isTLS
        // A paused stream of HTTP/2 holds up all others of its connection in libcurl.
        let speaksHTTP2 = backend.http2 && isTLS && request.stream == nil
        setter.set(CURLOPT_HTTP_VERSION, speaksHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
        if speaksHTTP2 { setter.set(CURLOPT_PIPEWAIT, 1) }
        if isTLS || follows || backend.proxy != nil { setTLS(to: &setter) }
    }

    /// Where the request goes: all there is to say to a handle that has just had a request to the same origin.
    ///
    /// - Parameter target: where in the URL it begins, if it can be sent as it is.
    func apply(target: Int?, of request: TransportRequest, with setter: inout OptionSetter) {
        if takesTargets, let target {
            request.url.withCString { setter.set(CURLOPT_REQUEST_TARGET, string: $0 + target) }
        } else {
            setter.set(CURLOPT_URL, string: request.url)
        }
    }

    private func setMethod(_ request: TransportRequest, to setter: inout OptionSetter) {
        if let stream = request.stream, stream.upload != .none {
            setter.set(CURLOPT_CUSTOMREQUEST, string: request.method)
            return
        }
        switch (request.method, request.body) {
        case ("GET", nil):
            setter.set(CURLOPT_HTTPGET, 1)
        case ("HEAD", nil):
            setter.set(CURLOPT_NOBODY, 1)
        case ("POST", let body):
            setter.set(CURLOPT_POST, 1)
            setter.set(body: body ?? [])
        case (let method, let body?):
            setter.set(body: body)
            setter.set(CURLOPT_CUSTOMREQUEST, string: method)
        case (let method, nil):
            setter.set(CURLOPT_CUSTOMREQUEST, string: method)
        }
    }

    private func setTLS(to setter: inout OptionSetter) {
        // One file of authorities and no folder: with a folder, as Debian's default has it, libcurl cannot cache what
        // it has read, and each new connection costs 33 ms instead of 1.5.
        if let caFile {
            setter.set(CURLOPT_CAINFO, string: caFile)
            setter.set(CURLOPT_CAPATH, pointer: nil)
            if backend.proxy?.lowercased().hasPrefix("https") == true {
                setter.set(CURLOPT_PROXY_CAINFO, string: caFile)
                setter.set(CURLOPT_PROXY_CAPATH, pointer: nil)
            }
        }
        if let certificate = backend.clientCertificate {
            setter.set(CURLOPT_SSLCERT, string: certificate)
            setter.set(CURLOPT_SSLKEY, string: backend.clientKey ?? certificate)
            // A key with a passphrase fails; without this OpenSSL would ask for it on the terminal, on the loop.
            setter.set(CURLOPT_KEYPASSWD, string: "")
        }
    }

    /// The bundle that libcurl was built to use.
    private static let systemCAFile: String? = medley_default_ca_file().map { String(cString: $0) }
}
