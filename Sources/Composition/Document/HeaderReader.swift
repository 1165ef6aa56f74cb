import CurlTransport
import Diagnostics
import JSONSlices

/// The headers that an operator cannot write, because something else does.
public enum HeaderRules {
    /// Headers of a request to a backend that say how its message travels.
    public static func isTransports(_ name: String) -> Bool {
        HeaderValidation.isReserved(name)
            || ["host", "accept-encoding"].contains { HeaderValidation.equal($0, name) }
    }

    /// Headers of a reply that the gateway's front or the composition's run writes.
    static func isFronts(_ name: String) -> Bool {
        HeaderValidation.isReserved(name)
            || ["date", "server", "server-timing", "medley-partial", "x-request-id"].contains {
                HeaderValidation.equal($0, name)
            }
    }
}

extension CompilationContext {
    /// Reads `headers`, each name checked and each value compiled.
    ///
    /// - Parameter refusal: why a header of that name cannot stand here; nil when it can.
    func headers(_ reader: ObjectReader, refusal: (String) -> String?) -> [HeaderTemplate] {
        guard let fields = reader.stringMap("headers") else { return [] }
        return fields.compactMap { field in
            guard HeaderValidation.isToken(field.name) else {
                error("'\(field.name)' is no header name", at: field.key)
                return nil
            }
            if let refusal = refusal(field.name) {
                error(refusal, at: field.key, help: "leave it out")
                return nil
            }
            guard let template = textTemplate(field.value) else { return nil }
            if let constant = template.constant, !HeaderValidation.isValue(constant) {
                error("a header's value cannot hold control characters", at: field.value)
                return nil
            }
            return HeaderTemplate(name: field.name, value: template)
        }
    }
}
