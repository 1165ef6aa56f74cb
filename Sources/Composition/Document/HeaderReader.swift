import CurlTransport
import Diagnostics
import JSONSlices

/// The headers that an operator cannot write or read, because they are somebody else's.
public enum HeaderRules {
    /// Fields that are about one connection, and end with it (RFC 9110, section 7.6.1). The two of proxies are about
    /// the next one too (section 11.7).
    static func isHopByHop(_ name: String) -> Bool {
        hopByHop.contains { HeaderValidation.equal($0, name) }
    }

    /// Headers of a request to a backend that say how its message travels.
    public static func isTransports(_ name: String) -> Bool {
        HeaderValidation.isReserved(name) || isHopByHop(name)
            || ["host", "accept-encoding"].contains { HeaderValidation.equal($0, name) }
    }

    /// Headers of a reply that the gateway's front or the composition's run writes.
    static func isFronts(_ name: String) -> Bool {
        HeaderValidation.isReserved(name) || isHopByHop(name)
            || ["date", "server", "server-timing", "medley-partial", "x-request-id"].contains {
                HeaderValidation.equal($0, name)
            }
    }

    private static let hopByHop = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]
}

extension CompilationContext {
    /// Reads `headers`, or what else holds some, each name checked and each value compiled.
    ///
    /// - Parameters:
    ///   - lists: whether a header may have a list of values, one line each, as those of a response.
    ///   - refusal: why a header of that name cannot stand here; nil when it can.
    func headers(
        _ reader: ObjectReader,
        key: String = "headers",
        lists: Bool,
        refusal: (String) -> String?
    ) -> [HeaderTemplate] {
        let fields = reader.map(key)?.members ?? []
        var names: Set<String> = []
        var templates: [HeaderTemplate] = []
        for field in fields {
            guard HeaderValidation.isToken(field.name) else {
                error("'\(field.name)' is no header name", at: field.key)
                continue
            }
            if let refusal = refusal(field.name) {
                error(refusal, at: field.key, help: "leave it out")
                continue
            }
            // The same spelling twice is a member that stands twice, and reported as such.
            if !names.insert(field.name.lowercased()).inserted,
                !fields.contains(where: { $0.name == field.name && $0.key.byteRange != field.key.byteRange })
            {
                error(
                    "the header '\(field.name)' stands twice: upper and lower case are the same",
                    at: field.key,
                    help: "keep one; a list in a response's header gives one line each"
                )
                continue
            }
            let values = lists && field.value.kind == .array ? Array(field.value.elements) : [field.value]
            templates += values.compactMap { header(field.name, $0, in: key) }
        }
        return templates
    }

    private func header(_ name: String, _ value: JSONSlice, in key: String) -> HeaderTemplate? {
        guard value.kind == .string else {
            error("'\(name)' in '\(key)' must be a string, not \(value.kind.article)", at: value)
            return nil
        }
        guard let template = textTemplate(value) else { return nil }
        if let constant = template.constant, !HeaderValidation.isValue(constant) {
            error("a header's value cannot hold control characters", at: value)
            return nil
        }
        return HeaderTemplate(name: name, value: template)
    }
}
