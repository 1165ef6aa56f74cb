import JSONSlices

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a body stands in a fixture.
enum FixtureBody: Hashable {
    case none
    /// A JSON text, under `body`.
    case json([UInt8])
    /// Under `bodyText`.
    case text(String)
    /// In base64, under `bodyBase64`.
    case binary(String)

    /// A fixture's file is nested no deeper than 128, and its body stands two levels down.
    static let maxDepth = 120

    /// - Parameters:
    ///   - mediaType: the value of `Content-Type`; nil where there is none.
    ///   - isExact: whether JSON must be compact to stand as JSON.
    init(_ bytes: [UInt8], mediaType: String?, isExact: Bool) {
        guard !bytes.isEmpty else {
            self = .none
            return
        }
        if Self.canStandAsJSON(bytes), let document = Self.document(bytes, mediaType: mediaType),
            !isExact || JSONTokens.areCompact(document)
        {
            self = .json(bytes)
        } else if let text = String(validating: bytes, as: UTF8.self), !bytes.contains(where: Self.isBinary) {
            self = .text(text)
        } else {
            self = .binary(Data(bytes).base64EncodedString())
        }
    }

    /// The body as JSON: whatever its media type says when it is an object or a list, since backends do label them wrong.
    ///
    /// A byte order mark is passed over, and it may be nested deeper than a fixture: what is secret is so there, too.
    static func document(_ bytes: [UInt8], mediaType: String?) -> JSONDocument? {
        let text = Array(bytes.dropFirst(mark(of: bytes).count))
        guard !text.isEmpty, let document = try? JSONDocument(parsing: text) else { return nil }
        let isContainer = document.root.kind == .object || document.root.kind == .array
        return isContainer || mediaType.map(MediaType.isJSON) ?? true ? document : nil
    }

    /// Whether these bytes, as they are, may be a value in a fixture's file.
    static func canStandAsJSON(_ bytes: [UInt8]) -> Bool {
        (try? JSONDocument(parsing: bytes, limits: JSONLimits(maxDepth: maxDepth))) != nil
    }

    /// The byte order mark that the body begins with; empty when it has none.
    static func mark(of bytes: [UInt8]) -> [UInt8] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return bytes.starts(with: mark) ? mark : []
    }

    /// Control characters that no text has.
    private static func isBinary(_ byte: UInt8) -> Bool {
        byte < 0x20 && ![0x09, 0x0A, 0x0C, 0x0D].contains(byte)
    }
}

/// What a `Content-Type` says (RFC 9110, section 8.3.1).
enum MediaType {
    /// Type and subtype in small letters, without parameters.
    static func essence(_ value: String) -> String {
        let end = value.firstIndex(of: ";") ?? value.endIndex
        var text = value[..<end].lowercased()[...]
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }

    static func isJSON(_ value: String) -> Bool {
        let essence = essence(value)
        return essence == "application/json" || essence == "text/json" || essence.hasSuffix("+json")
    }

    static func isForm(_ value: String) -> Bool {
        essence(value) == "application/x-www-form-urlencoded"
    }
}

enum JSONTokens {
    /// Whether no white space stands between tokens, or around them.
    static func areCompact(_ document: JSONDocument) -> Bool {
        var isInString = false
        var isEscaped = false
        for byte in document.bytes {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                if !isInString { return false }
            case UInt8(ascii: "\""):
                if !isEscaped { isInString.toggle() }
            default: break
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        return true
    }
}
