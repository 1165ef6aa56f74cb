/// What is no longer to be trusted after a request that changes something (RFC 9111, section 4.4).
public enum Invalidation {
    /// The URLs whose stored responses are to be removed, each once: the request's own, and those that `Location` and
    /// `Content-Location` name, if their origin is the same. None for a safe method, and none when the answer is an error.
    /// A method of which nobody knows whether it is safe is not.
    ///
    /// - Parameter url: the request's, either whole or, where it has no origin of its own, as path and query. The URLs
    ///   returned begin as it does.
    public static func targets(method: String, status: Int, url: String, headers: some FieldValues) -> [String] {
        guard !safeMethods.contains(method), (200...399).contains(status) else { return [] }
        var targets = [url]
        let base = URLReference(url)
        for reference in headers.values(of: "Location") + headers.values(of: "Content-Location") {
            guard let target = base.resolve(URLReference(reference)), !targets.contains(target) else { continue }
            targets.append(target)
        }
        return targets
    }

    /// RFC 9110, section 9.2.1.
    private static let safeMethods: Set = ["GET", "HEAD", "OPTIONS", "TRACE"]
}
