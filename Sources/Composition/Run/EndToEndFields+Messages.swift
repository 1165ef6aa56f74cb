import CurlTransport

extension [HeaderField] {
    /// Without the fields that are about one connection (RFC 9110, section 7.6.1): those that are by their name, and those
    /// that `Connection` names.
    func endToEnd() -> [HeaderField] {
        let options = ConnectionOptions(
            compactMap { HeaderValidation.equal($0.name, "connection") ? $0.value : nil }
        )
        return filter { field in
            !HeaderRules.isHopByHop(field.name) && !HeaderValidation.equal(field.name, "proxy-connection")
                && !options.name(field.name)
        }
    }
}

extension [HeaderField] {
    /// Tells caches on the way that the reply is for this client alone (RFC 9111, section 5.2.2.7): they know nothing of the
    /// policy that it has passed. For how long the client may keep it stays as it is.
    mutating func makePrivate() {
        func isCacheControl(_ field: HeaderField) -> Bool { HeaderValidation.equal(field.name, "cache-control") }
        let directives = filter(isCacheControl).flatMap { field in
            field.value.split(separator: ",").map { String($0.trimmingSpace) }
        }
        func names(_ directive: String, _ name: String) -> Bool {
            HeaderValidation.equal(String(directive.prefix { $0 != "=" }), name)
        }
        // Those of one kind of cache outrank the field (RFC 9213).
        removeAll { field in
            ["cdn-cache-control", "surrogate-control"].contains { HeaderValidation.equal($0, field.name) }
        }
        guard !directives.contains(where: { names($0, "no-store") || $0.lowercased() == "private" }) else { return }
        let kept = directives.filter { directive in
            !["public", "s-maxage", "private"].contains { names(directive, $0) }
        }
        removeAll(where: isCacheControl)
        append(HeaderField(name: "Cache-Control", value: (["private"] + kept).joined(separator: ", ")))
    }
}
