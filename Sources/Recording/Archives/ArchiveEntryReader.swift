import Diagnostics
import JSONSlices

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads one entry of an HTTP archive. A member that is null counts as missing, as some programs write it.
struct ArchiveEntryReader {
    let reader: ObjectReader
    let keepsAll: Bool

    enum Result {
        case entry(HTTPArchive.Entry)
        case skipped(HTTPArchive.Skip)
    }

    /// Nil when the entry has errors.
    func read() -> Result? {
        let errors = reader.diagnostics.errorCount
        guard let request = required("request"), let response = required("response") else { return nil }
        guard let address = request.requiredString("url") else { return nil }
        guard let url = ArchivedURL(address) else { return .skipped(.notHTTP) }
        let method = text("method", of: request) ?? "GET"
        // 0 stands for a request that was cut short or blocked.
        guard let status = response.integer("status", in: 0...999) else {
            if response["status"] == nil { response.missing("status") }
            return nil
        }
        guard status >= 200 else { return .skipped(.noResponse) }
        let content = object("content", of: response)
        let mediaType = content.flatMap { text("mimeType", of: $0) } ?? ""
        if !keepsAll {
            if method == "OPTIONS" { return .skipped(.preflight) }
            if isAsset(mediaType, url) { return .skipped(.asset) }
        }
        let body = content.flatMap(bytes)
        let headers = Self.typed(fields(of: response), body ?? [], mediaType)
        let mayBeEmpty = method == "HEAD" || [204, 205, 304].contains(status) || status / 100 == 3
        let isMissing = body == nil && !mayBeEmpty && (content.map { size(of: $0) > 0 } ?? false || hasLength(headers))
        let requestBody = postedBytes(request)
        let requestHeaders = Self.typed(fields(of: request), requestBody, postedType(request))
        let duration = duration()
        guard reader.diagnostics.errorCount == errors else { return nil }
        if isMissing { return .skipped(.noContent) }
        let isText = content.map { text("encoding", of: $0) == nil } ?? false
        let answer = RecordedExchange.Answer.response(
            status: status,
            headers: isText ? headers.map(Self.inUTF8) : headers,
            body: body ?? []
        )
        let exchange = RecordedExchange(
            method: method,
            target: url.target,
            headers: requestHeaders,
            body: requestBody,
            answer: answer,
            duration: duration
        )
        return .entry(HTTPArchive.Entry(url: url, exchange: exchange))
    }

    // MARK: Members

    private func required(_ key: String) -> ObjectReader? {
        guard reader[key] != nil else {
            reader.missing(key)
            return nil
        }
        return reader.map(key)
    }

    private func isThere(_ key: String, in object: ObjectReader) -> Bool {
        object[key].map { $0.kind != .null } ?? false
    }

    private func text(_ key: String, of object: ObjectReader) -> String? {
        isThere(key, in: object) ? object.string(key) : nil
    }

    private func object(_ key: String, of object: ObjectReader) -> ObjectReader? {
        isThere(key, in: object) ? object.map(key) : nil
    }

    /// Headers or the parameters of a form: a list of objects with a name and a value.
    private func pairs(_ key: String, of object: ObjectReader) -> [RecordedExchange.Field] {
        guard isThere(key, in: object), let list = object[key] else { return [] }
        guard list.kind == .array else { return object.mismatch(key, list, wanted: "a list") ?? [] }
        return list.elements.compactMap { slice in
            let diagnostics = object.diagnostics
            let role = "an element of '\(key)'"
            guard let pair = ObjectReader(slice, in: object.file, role: role, known: nil, diagnostics: diagnostics),
                let name = pair.requiredString("name")
            else { return nil }
            return (name, text("value", of: pair) ?? "")
        }
    }

    /// Without the pseudo-header fields of HTTP/2 (RFC 9113, section 8.3), which browsers list among the others.
    private func fields(of message: ObjectReader) -> [RecordedExchange.Field] {
        pairs("headers", of: message).filter { HeaderSpelling.isName($0.name) }
    }

    // MARK: Bodies

    /// The headers with the type that the archive tells beside a body, where they have none of their own.
    private static func typed(
        _ fields: [RecordedExchange.Field],
        _ body: [UInt8],
        _ mediaType: String
    ) -> [RecordedExchange.Field] {
        guard !body.isEmpty, !["", "x-unknown"].contains(MediaType.essence(mediaType)) else { return fields }
        guard !fields.contains(where: { $0.name.lowercased() == "content-type" }) else { return fields }
        return fields + [("Content-Type", mediaType)]
    }

    /// A list of parameters without a type is a form.
    private func postedType(_ request: ObjectReader) -> String {
        guard let posted = object("postData", of: request) else { return "" }
        if let mediaType = text("mimeType", of: posted), !mediaType.isEmpty { return mediaType }
        return (text("text", of: posted) ?? "").isEmpty ? "application/x-www-form-urlencoded" : ""
    }

    /// Nil when the archive does not hold the content.
    private func bytes(of content: ObjectReader) -> [UInt8]? {
        guard let text = text("text", of: content) else { return nil }
        guard let encoding = self.text("encoding", of: content), !encoding.isEmpty else { return Array(text.utf8) }
        guard encoding.lowercased() == "base64" else {
            return content["encoding"].flatMap { content.mismatch("encoding", $0, wanted: "\"base64\"") }
        }
        if let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters) { return Array(data) }
        return content["text"].flatMap { place in
            content.diagnostics.error("'text' is not base64, as 'encoding' says", in: content.file, at: place)
            return nil
        }
    }

    private func size(of content: ObjectReader) -> Double {
        content["size"]?.numberText.flatMap(Double.init) ?? 0
    }

    /// Of a body that nobody has read, some programs know no other size.
    private func hasLength(_ fields: [RecordedExchange.Field]) -> Bool {
        fields.contains { $0.name.lowercased() == "content-length" && Int($0.value) ?? 0 > 0 }
    }

    private func postedBytes(_ request: ObjectReader) -> [UInt8] {
        guard let posted = object("postData", of: request) else { return [] }
        if let text = text("text", of: posted), !text.isEmpty {
            guard self.text("encoding", of: posted)?.lowercased() == "base64" else { return Array(text.utf8) }
            return Data(base64Encoded: text, options: .ignoreUnknownCharacters).map { Array($0) } ?? []
        }
        let form = pairs("params", of: posted).map { "\(Self.formText($0.name))=\(Self.formText($0.value))" }
        return Array(form.joined(separator: "&").utf8)
    }

    /// As `application/x-www-form-urlencoded` has it.
    private static func formText(_ text: String) -> String {
        var written = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "*"):
                written.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "): written += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                written += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return written
    }

    /// An archive's text is Unicode, whatever the bytes were that the backend sent.
    private static func inUTF8(_ field: RecordedExchange.Field) -> RecordedExchange.Field {
        guard field.name.lowercased() == "content-type" else { return field }
        let parts = field.value.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        let changed = parts.map { part -> String in
            let text = part.lowercased().filter { $0 != " " && $0 != "\"" }
            return text.hasPrefix("charset=") && text != "charset=utf-8" ? " charset=utf-8" : part
        }
        return (field.name, changed.joined(separator: ";"))
    }

    // MARK: What it is

    private func isAsset(_ mediaType: String, _ url: ArchivedURL) -> Bool {
        let kind = reader["_resourceType"]?.string ?? ""
        let essence = MediaType.essence(mediaType)
        if Self.assetKinds.contains(kind) || Self.assetTypes.contains(essence) { return true }
        if ["image/", "font/", "audio/", "video/"].contains(where: essence.hasPrefix) { return true }
        guard essence.isEmpty || essence == "x-unknown" || essence == "application/octet-stream" else { return false }
        let path = url.target.prefix { $0 != "?" }
        let ending = path.lastIndex(of: ".").map { path[path.index(after: $0)...].lowercased() } ?? ""
        return Self.assetEndings.contains(ending)
    }

    private static let assetKinds: Set<String> = [
        "image", "stylesheet", "script", "font", "media", "manifest", "texttrack",
    ]

    private static let assetTypes: Set<String> = [
        "text/css", "text/javascript", "application/javascript", "application/x-javascript", "application/ecmascript",
        "application/wasm", "application/font-woff", "application/font-woff2", "application/x-font-ttf",
        "application/x-font-woff", "application/vnd.ms-fontobject", "application/manifest+json",
    ]

    private static let assetEndings: Set<String> = [
        "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "woff", "woff2", "ttf",
        "otf", "eot", "mp3", "mp4", "webm", "wasm",
    ]

    /// `time`, in milliseconds with a fraction; programs that do not know it write -1.
    private func duration() -> Duration? {
        guard let milliseconds = reader["time"]?.numberText.flatMap(Double.init) else { return nil }
        guard (0...3_600_000).contains(milliseconds) else { return nil }
        return .microseconds(Int64(milliseconds * 1000))
    }
}
