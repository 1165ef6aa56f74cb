import CurlTransport

/// How long a backend says that a body is, as far as a client may be told the same.
enum BodyLength {
    /// RFC 9112, section 6.3: `Transfer-Encoding` overrides every `Content-Length`; the same length said twice is one.
    ///
    /// - Returns: bytes; nil where they are not known.
    /// - Throws: `.badResponse` for lengths that differ or are none. libcurl takes the last: which one the backend meant,
    ///   nobody knows, and whoever stands before this gateway could read another one.
    static func announced(by section: HeaderSection) throws(TransportError) -> Int? {
        guard section.values(of: "transfer-encoding").isEmpty else { return nil }
        var found: Int?
        for value in section.values(of: "content-length") {
            for member in value.split(separator: ",", omittingEmptySubsequences: false) {
                let text = member.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
                guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text),
                    found ?? length == length
                else { throw .badResponse(detail: "it has several lengths, or one that is no number") }
                found = length
            }
        }
        return found
    }
}
