import Composition
import Diagnostics
import JSONSlices
import Replay

/// Reads the `request` of a case.
struct ClientRequestReader {
    static let keys = ["method", "path", "headers", "body", "claims"]
    static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    let reader: ObjectReader

    /// Nil when there is no path.
    func read() -> ClientRequest? {
        let method = method()
        let headers = headers()
        guard let path = path() else { return nil }
        return ClientRequest(
            method: method,
            target: path,
            headers: headers,
            body: reader["body"].map { CompactJSON.bytes(of: $0) },
            claims: claims()
        )
    }

    private func claims() -> [UInt8]? {
        guard let slice = reader["claims"] else { return nil }
        guard slice.kind == .object else {
            return reader.mismatch("claims", slice, wanted: "an object such as {\"sub\": \"42\"}")
        }
        return CompactJSON.bytes(of: slice)
    }

    private func method() -> String {
        guard let method = reader.string("method"), let slice = reader["method"] else { return "GET" }
        if !Self.methods.contains(method) {
            let isLower = Self.methods.contains(method.uppercased())
            reader.diagnostics.error(
                isLower ? "methods are upper-case, not '\(method)'" : "'\(method)' is no method that a case can use",
                in: reader.file,
                at: slice,
                help: isLower ? "write '\(method.uppercased())'" : suggestion(for: method, among: Self.methods)
            )
        }
        return method
    }

    private func path() -> String? {
        guard let path = reader.requiredString("path"), let slice = reader["path"] else { return nil }
        if path.utf8.first != UInt8(ascii: "/") {
            reader.diagnostics.error("'path' must begin with '/'", in: reader.file, at: slice)
            return nil
        }
        let bytes = Array(path.utf8)
        if let offset = bytes.firstIndex(where: { $0 <= 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "#") }) {
            let start = reader.file.offset(ofDecoded: offset, in: slice)
            reader.diagnostics.error(
                "'path' has a character that a request cannot carry as it is",
                in: reader.file,
                at: start..<start + 1,
                help: "percent-encode it: '\(Self.encoded(path))'"
            )
            return nil
        }
        return path
    }

    /// Everything else than what may stand in a target, percent-encoded.
    private static func encoded(_ path: String) -> String {
        var text = ""
        for byte in path.utf8 {
            if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "#") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }

    private func headers() -> [(name: String, value: String)] {
        (reader.stringMap("headers") ?? []).map { name, key, value in
            let text = value.string ?? ""
            if !HTTPText.isToken(name) {
                reader.diagnostics.error("'\(name)' is not a header name", in: reader.file, at: key)
            } else if name.lowercased() != "host", HeaderRules.isTransports(name) {
                reader.diagnostics.error(
                    "'\(name)' cannot be set: it belongs to the connection",
                    in: reader.file,
                    at: key,
                    help: "leave it out"
                )
            }
            if !HTTPText.isFieldValue(text) {
                reader.diagnostics.error(
                    "the value of the header '\(name)' has a control character or a blank at its end",
                    in: reader.file,
                    at: value
                )
            }
            return (name, text)
        }
    }
}
