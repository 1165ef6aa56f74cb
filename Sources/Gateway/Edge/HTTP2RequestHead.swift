import NIOHPACK
import NIOHTTP1

/// The header section of a request of HTTP/2 in the shape of HTTP/1, for the same ``RequestHeadCheck``.
///
/// Much of what is looked for here the library refuses before, as malformed. It stays, because a field that means one thing
/// here and another to a backend is how requests are smuggled.
enum HTTP2RequestHead {
    /// - Throws: what the client is told.
    static func make(_ fields: HPACKHeaders) throws(RequestHeadCheck.Refusal) -> HTTPRequestHead {
        var pseudo = PseudoFields()
        var headers = HTTPHeaders()
        headers.reserveCapacity(fields.count)
        var cookies: String?
        var host: String?
        for (name, value, _) in fields {
            if name.utf8.first == UInt8(ascii: ":") {
                try pseudo.take(name, value)
                continue
            }
            guard isFieldName(name), isFieldValue(value) else { throw refusal("A header field is not valid.") }
            switch name {
            case "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade":
                throw refusal("HTTP/2 has no fields about the connection.")
            case "te" where !value.equalsASCII("trailers"):
                throw refusal("The only TE of HTTP/2 is trailers.")
            case "host":
                guard host == nil else { throw refusal("There is more than one Host field.") }
                host = value
            case "cookie":
                // RFC 9113, section 8.2.3: parted for compression, and one again for everybody else.
                cookies = cookies.map { "\($0); \(value)" } ?? value
            default:
                headers.add(name: name, value: value)
            }
        }
        if let cookies { headers.add(name: "cookie", value: cookies) }
        // RFC 9113, section 8.3.1: they must not differ.
        if let host, let authority = pseudo.authority, host.lowercased() != authority.lowercased() {
            throw refusal("The Host field and the authority differ.")
        }
        if let host = pseudo.authority ?? host { headers.add(name: "host", value: host) }
        let method = try pseudo.knownMethod()
        return HTTPRequestHead(version: .http1_1, method: method, uri: try pseudo.target(method), headers: headers)
    }

    private static func refusal(_ detail: String) -> RequestHeadCheck.Refusal {
        RequestHeadCheck.Refusal(.badRequest(detail))
    }

    /// A token in lower case (RFC 9113, section 8.2.1).
    private static func isFieldName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { ReplyEncoder.isTokenByte($0) && !(UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0) }
    }

    private static func isFieldValue(_ value: String) -> Bool {
        let isBlank: (UInt8?) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        return value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } && !isBlank(value.utf8.first)
            && !isBlank(value.utf8.last)
    }

    /// RFC 9113, section 8.3.1.
    private struct PseudoFields {
        var method: String?
        var scheme: String?
        var path: String?
        var authority: String?

        mutating func take(_ name: String, _ value: String) throws(RequestHeadCheck.Refusal) {
            let known: WritableKeyPath<PseudoFields, String?>? =
                switch name {
                case ":method": \.method
                case ":scheme": \.scheme
                case ":path": \.path
                case ":authority": \.authority
                default: nil
                }
            guard let known, self[keyPath: known] == nil else {
                throw refusal("The pseudo-header fields are not those of a request.")
            }
            self[keyPath: known] = value
        }

        func knownMethod() throws(RequestHeadCheck.Refusal) -> HTTPMethod {
            guard let method else { throw refusal("The method is missing.") }
            let known = method == "M-SEARCH" ? HTTPMethod.MSEARCH : HTTPMethod(rawValue: method)
            if case .RAW = known { throw refusal("The method is not a known one.") }
            return known
        }

        func target(_ method: HTTPMethod) throws(RequestHeadCheck.Refusal) -> String {
            // Refused by its own name when it is checked.
            if method == .CONNECT { return authority ?? "" }
            guard let scheme, ["http", "https"].contains(scheme.lowercased()) else {
                throw refusal("The scheme is not that of an http URL.")
            }
            // Unlike HTTP/1 there is no absolute form.
            guard let path, path.utf8.first == UInt8(ascii: "/") || path == "*" else {
                throw refusal("The path does not begin with a slash.")
            }
            return path
        }
    }
}
