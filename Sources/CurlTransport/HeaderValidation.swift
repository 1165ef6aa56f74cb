/// What may stand in a request line and in a header section (RFC 9110, sections 5.1, 5.5 and 9.1).
///
/// libcurl writes header lines as they are given, CR LF included, so a value from a client could otherwise add lines,
/// or a second request.
public enum HeaderValidation {
    /// Bytes of a URL and of the header fields together. libcurl has 1 MiB for a request's head, and reports more as
    /// being out of memory.
    static let maximumHead = 1_000_000

    /// Throws `.invalidRequest` when the head of the request is longer than libcurl sends.
    static func check(sizeOf url: String, headers: [HeaderField]) throws(TransportError) {
        let size = headers.reduce(url.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        guard size <= maximumHead else {
            throw .invalidRequest(detail: "the URL and the headers have \(size) bytes; \(maximumHead) are the most")
        }
    }

    /// Throws `.invalidRequest` when method or fields must not be sent.
    static func check(method: String, headers: [HeaderField]) throws(TransportError) {
        guard isToken(method), method.utf8.count <= 64, method != "CONNECT" else {
            throw .invalidRequest(detail: "the method is not a token, or CONNECT")
        }
        for field in headers {
            guard isToken(field.name) else {
                throw .invalidRequest(detail: "a header's name is not a token")
            }
            guard isValue(field.value) else {
                throw .invalidRequest(detail: "the value of header '\(field.name)' has a control character")
            }
            if isReserved(field.name) {
                throw .invalidRequest(detail: "header '\(field.name)' belongs to the connection, not to the request")
            }
        }
    }

    /// One or more `tchar` (RFC 9110, section 5.6.2).
    public static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
    }

    /// No control character but the horizontal tab: no CR, LF or NUL.
    public static func isValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }

    /// Equal but for the case of ASCII letters.
    public static func equal(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count
            && zip(one.utf8, other.utf8).allSatisfy { lowercased($0) == lowercased($1) }
    }

    /// Equal for a backend that takes `_` for `-`, as all do that hand fields on as CGI's variables (RFC 3875, section
    /// 4.1.18): what a client must not say under one name, it must not say under the other.
    public static func equalForBackends(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count && zip(one.utf8, other.utf8).allSatisfy { folded($0) == folded($1) }
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        byte == UInt8(ascii: "_") ? UInt8(ascii: "-") : lowercased(byte)
    }

    /// An ASCII capital's small letter; any other byte itself.
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    /// Fields that frame a message or rule a connection: libcurl's to write.
    public static func isReserved(_ name: String) -> Bool {
        // The lengths of the names below, so that nearly every field is passed by one comparison or two.
        switch name.utf8.count {
        case 2: equal(name, "te")
        case 6: equal(name, "expect")
        case 7: equal(name, "trailer") || equal(name, "upgrade")
        case 10: equal(name, "connection") || equal(name, "keep-alive")
        case 14: equal(name, "content-length")
        case 16: equal(name, "proxy-connection")
        case 17: equal(name, "transfer-encoding")
        default: false
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}
