import CCurl

/// An origin as libcurl takes it, parsed once for all requests to it: of a request's URL only what comes after is new.
///
/// With `CURLOPT_URL` libcurl parses each URL, writes it anew and takes that apart again: 37,000 instructions for three
/// requests. `CURLOPT_CURLU` with `CURLOPT_REQUEST_TARGET` costs a copy.
///
/// Owned and used by one loop: handles copy the parsed URL when a transfer begins.
final class KnownOrigin {
    let origin: Origin
    /// `scheme://authority/`.
    let text: String
    /// The same, parsed; libcurl only reads it.
    let parsed: OpaquePointer

    /// - Throws: `.failure` when libcurl does not take it.
    init(_ origin: Origin) throws(TransportError) {
        self.origin = origin
        text = String(decoding: origin.prefix, as: UTF8.self) + "/"
        guard let parsed = curl_url() else {
            throw .failure(code: Int(CURLE_OUT_OF_MEMORY.rawValue), detail: "curl_url failed")
        }
        let code = curl_url_set(parsed, CURLUPART_URL, text, 0)
        guard code == CURLUE_OK else {
            curl_url_cleanup(parsed)
            throw .failure(code: Int(code.rawValue), detail: String(cString: curl_url_strerror(code)))
        }
        self.parsed = parsed
    }

    deinit {
        curl_url_cleanup(parsed)
    }

    /// What of a URL of this origin is not the origin.
    enum Rest {
        /// Path and query, from this byte on: they can be sent as they are (RFC 9112, section 3.2.1, origin-form).
        case target(from: Int)
        /// No path, or a fragment: libcurl has to read the whole.
        case other
    }

    /// Checks that every byte is visible ASCII. Nil for a URL that is not, or of another origin.
    func rest(of url: UnsafeBufferPointer<UInt8>) -> Rest? {
        guard origin.begins(url), Origin.isVisible(url) else { return nil }
        let start = origin.prefix.count
        return start < url.count && url[start] == 0x2F && !url.contains(0x23) ? .target(from: start) : .other
    }
}
