public import CurlTransport

/// The fields of a response that are stored (RFC 9111, section 3.1).
public enum StorableFields {
    /// Without the fields of the connection (RFC 9110, section 7.6.1), those of authentication to a proxy, those that
    /// `no-cache="…"` and `private="…"` name, `Age`, which the lifetime knows and every reply says anew, and `Set-Cookie`: a
    /// cookie is given to one client, whatever is kept of the response. `Vary` stays, since it says whose a response is.
    ///
    /// - Parameter received: when given and there is no `Date`, this is it (RFC 9110, section 6.6.1).
    public static func filtered(_ headers: [HeaderField], received: WallTime? = nil) -> [HeaderField] {
        var dropped = Set(ListSplitter.names(in: headers.values(of: "Connection")))
        dropped.formUnion(CacheDirectives.ofResponse(headers).withheldFields)
        dropped.remove("vary")
        var kept = headers.filter { field in
            !isNeverStored(field.name)
                && (dropped.isEmpty || !dropped.contains(ASCII.lowercased(field.name.utf8)))
        }
        if let received, headers.values(of: "Date").isEmpty {
            kept.append(HeaderField(name: "Date", value: HTTPDate.format(received)))
        }
        return kept
    }

    private static let neverStored: Set = [
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        "proxy-authenticate", "proxy-authentication-info", "proxy-authorization", "age", "set-cookie",
    ]

    private static func isNeverStored(_ name: String) -> Bool {
        neverStored.contains(ASCII.lowercased(name.utf8))
    }
}
