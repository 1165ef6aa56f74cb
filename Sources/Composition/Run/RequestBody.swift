import CurlTransport
import JSONSlices

/// The body of a request whose endpoint reads it.
enum RequestBody {
    /// The value; null for no body.
    ///
    /// - Parameter schema: what it must be; nil for anything.
    static func value(of request: EndpointRequest, schema: ValueSchema?) throws(RequestFailure) -> JSONValue {
        guard !request.body.isEmpty else {
            if let schema, !schema.acceptsNull { throw .mismatches([SchemaMismatch(message: "is missing")]) }
            return .null
        }
        let value = try value(of: request.body, header: request.header)
        guard let schema else { return value }
        var check = SchemaCheck()
        check.check(value, against: schema)
        guard check.mismatches.isEmpty else { throw .mismatches(check.mismatches) }
        return value
    }

    /// The value of a body that is there.
    static func value(of body: [UInt8], fields: [HeaderField]) throws(RequestFailure) -> JSONValue {
        try value(of: body) { name in
            fields.compactMap { HeaderValidation.equal($0.name, name) ? $0.value : nil }
        }
    }

    private static func value(of body: [UInt8], header: (String) -> [String]) throws(RequestFailure) -> JSONValue {
        for type in header("content-type") where !isJSON(type) { throw .unsupported(type, .mediaType) }
        for coding in header("content-encoding") where !HeaderValidation.equal(coding, "identity") {
            throw .unsupported(coding, .contentCoding)
        }
        do throws(JSONSyntaxError) {
            return .slice(try JSONDocument(parsing: body).root)
        } catch {
            throw .body("is not JSON at byte \(error.offset): \(error)")
        }
    }

    /// `application/json`, or a type with the structured syntax suffix `+json` (RFC 6839, section 3.1); parameters such
    /// as a charset say nothing, since JSON is UTF-8 (RFC 8259, section 8.1).
    static func isJSON(_ contentType: String) -> Bool {
        let type = (contentType.split(separator: ";", maxSplits: 1).first ?? "").trimmingSpace.lowercased()
        guard type != "application/json" else { return true }
        let parts = type.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, HeaderValidation.isToken(String(parts[0])), HeaderValidation.isToken(String(parts[1]))
        else { return false }
        return parts[1].hasSuffix("+json") && parts[1].utf8.count > 5
    }
}
