import NIOHTTP1

/// What the log tells of a request's headers and of its query: what the operator has named, and never a credential.
enum LoggedHeaders {
    /// Longer values are cut, so that no client can fill a disk with one line: 256 bytes.
    static let maximumLength = 256
    static let redacted = "[redacted]"

    private static let secretNames: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-csrf-token", "x-xsrf-token",
        "x-forwarded-client-cert", "x-amz-security-token", "authentication-info",
    ]
    private static let secretParts = [
        "authorization", "token", "secret", "password", "passwd", "credential", "api-key", "apikey", "cookie",
        "signature", "session",
    ]

    /// Whether the values of a header may prove who somebody is; its name in lower case.
    static func isSecret(_ name: String) -> Bool {
        secretNames.contains(name) || secretParts.contains { name.contains($0) }
    }

    /// The named headers that a request has, its values joined by `, `.
    ///
    /// - Parameters:
    ///   - names: in lower case.
    ///   - credentials: further names that hold credentials: those that the access policies read.
    static func values(
        of names: [String],
        in headers: HTTPHeaders,
        credentials: Set<String>
    ) -> [(name: String, value: String)] {
        names.compactMap { name in
            let values = headers[name]
            guard !values.isEmpty else { return nil }
            if isSecret(name) || credentials.contains(name) { return (name, redacted) }
            return (name, cut(values.joined(separator: ", ")))
        }
    }

    /// The named parameters of a query, as they were written; nil when none of them is there.
    static func parameters(_ names: [String], of query: String?) -> String? {
        guard !names.isEmpty, let query else { return nil }
        let kept = query.split(separator: "&").filter { pair in
            names.contains { pair.prefix { $0 != "=" } == $0 }
        }
        return kept.isEmpty ? nil : cut(kept.joined(separator: "&"))
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > maximumLength else { return text }
        return String(decoding: text.utf8.prefix(maximumLength), as: UTF8.self) + "…"
    }
}
