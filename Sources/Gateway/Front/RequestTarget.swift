/// A request target taken apart (RFC 9112, section 3.2).
struct RequestTarget: Hashable, Sendable {
    /// Raw path, starting with `/`, or `*`.
    var path: String
    /// Raw query without `?`.
    var query: String?
    /// Host and port of an absolute target, which outrank the `Host` field (RFC 9112, section 3.2.2).
    var authority: String?

    enum Failure: Error, Hashable {
        /// Bytes outside visible US-ASCII, or a fragment.
        case invalidByte
        /// Neither origin-form nor absolute-form, nor `*` of an OPTIONS request.
        case unsupportedForm
    }

    init(parsing target: String, method: String) throws(Failure) {
        for byte in target.utf8 where byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: "#") {
            throw .invalidByte
        }
        if target.utf8.first == UInt8(ascii: "/") {
            self.init(pathAndQuery: target[...], authority: nil)
        } else if target == "*" {
            guard method == "OPTIONS" else { throw .unsupportedForm }
            self.init(pathAndQuery: target[...], authority: nil)
        } else {
            try self.init(absolute: target)
        }
    }

    private init(absolute target: String) throws(Failure) {
        guard let afterScheme = Self.afterScheme(target) else { throw .unsupportedForm }
        let rest = target[afterScheme...]
        let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.isEmpty, Self.isAuthority(authority) else { throw .unsupportedForm }
        // An empty path is sent as "/" (RFC 9110, section 4.2.3).
        let pathAndQuery = rest[end...]
        if pathAndQuery.utf8.first == UInt8(ascii: "/") {
            self.init(pathAndQuery: pathAndQuery, authority: String(authority))
        } else {
            self.init(pathAndQuery: "/" + pathAndQuery, authority: String(authority))
        }
    }

    private init(pathAndQuery: Substring, authority: String?) {
        if let mark = pathAndQuery.utf8.firstIndex(of: UInt8(ascii: "?")) {
            path = String(pathAndQuery[..<mark])
            query = String(pathAndQuery[pathAndQuery.utf8.index(after: mark)...])
        } else {
            path = String(pathAndQuery)
            query = nil
        }
        self.authority = authority
    }

    private static func afterScheme(_ target: String) -> String.Index? {
        for scheme in ["http://", "https://"] where target.utf8.count > scheme.utf8.count {
            if zip(target.utf8, scheme.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) {
                return target.utf8.index(target.startIndex, offsetBy: scheme.utf8.count)
            }
        }
        return nil
    }

    /// Whether the text may stand as host and port: no user information, no path, no list (RFC 3986, section 3.2).
    static func isAuthority(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "%"),
                UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "!"), UInt8(ascii: "$"),
                UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"),
                UInt8(ascii: "+"), UInt8(ascii: ";"), UInt8(ascii: "="):
                true
            default:
                false
            }
        }
    }
}
