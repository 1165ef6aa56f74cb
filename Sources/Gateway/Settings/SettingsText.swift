public import Diagnostics
import JSONSlices

/// The text of a settings file, changed as a person would: whatever is not meant keeps its bytes.
public struct SettingsText: Sendable {
    /// A backend to be written into the file.
    public struct Backend: Sendable {
        public var name: String
        public var url: String
        /// The path of its OpenAPI document, relative to the file.
        public var document: String?

        public init(name: String, url: String, document: String?) {
            self.name = name
            self.url = url
            self.document = document
        }
    }

    public private(set) var bytes: [UInt8]

    /// - Parameter file: nil for a file that is not there yet.
    public init(_ file: SourceFile?) {
        bytes = file?.bytes ?? Array("{}\n".utf8)
        path = file?.path ?? ""
    }

    private let path: String

    /// Adds a backend behind those that are there, indented like the last of them.
    ///
    /// - Returns: whether it was added; what is in the way is reported.
    public mutating func add(_ backend: Backend, diagnostics: DiagnosticList) -> Bool {
        let errors = diagnostics.errorCount
        check(backend, diagnostics)
        let file = SourceFile(path: path, bytes: bytes)
        guard diagnostics.errorCount == errors, let root = diagnostics.parse(file)?.root else { return false }
        guard root.kind == .object else {
            diagnostics.error("the settings must be an object", in: file, at: root)
            return false
        }
        let member = "\(Self.quoted(backend.name)): \(Self.text(of: backend))"
        guard let backends = root.member("backends") else {
            let inner = indentation(inside: root) + unit
            let isOneLine = !lineBreaks(before: root)
            insert(
                isOneLine
                    ? "\"backends\": { \(member) }"
                    : "\"backends\": {\(newline)\(inner)\(member)\(newline)\(indentation(inside: root))}",
                into: root
            )
            return true
        }
        guard backends.kind == .object else {
            diagnostics.error("'backends' must be an object", in: file, at: backends)
            return false
        }
        if let taken = backends.members.first(where: { $0.key.string == backend.name }) {
            diagnostics.error(
                "the backend '\(backend.name)' is there already",
                in: file,
                at: taken.key,
                help: "change it there, or take another name"
            )
            return false
        }
        insert(member, into: backends)
        return true
    }

    private func check(_ backend: Backend, _ diagnostics: DiagnosticList) {
        // It names a folder of fixtures as well.
        let isName = backend.name.utf8.enumerated().allSatisfy { place, byte in
            (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
                || place > 0 && [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
        }
        if backend.name.isEmpty || !isName {
            diagnostics.error(
                "'\(backend.name)' is no name for a backend",
                help: "letters, digits and -_. behind the first, for instance 'orders'"
            )
        }
        // What a variable holds is known when the gateway starts.
        if !backend.url.contains("${"), let problem = BackendSettings.problem(inURL: backend.url) {
            diagnostics.error("the URL \(problem)", help: "for instance https://orders.internal:8443/api")
        }
    }

    // MARK: Writing

    private static func text(of backend: Backend) -> String {
        let document = backend.document.map { ", \"openapi\": \(quoted($0))" } ?? ""
        return "{ \"url\": \(quoted(backend.url))\(document) }"
    }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.write(string: text)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    /// Adds a member at the end of an object.
    private mutating func insert(_ member: String, into object: JSONSlice) {
        guard let last = Array(object.members).last else {
            let outer = indentation(ofLineAt: object.byteRange.lowerBound)
            let text = "{\(newline)\(outer)\(unit)\(member)\(newline)\(outer)}"
            bytes.replaceSubrange(object.byteRange, with: text.utf8)
            return
        }
        let blanks = bytes[blanks(before: last.key.byteRange.lowerBound)]
        bytes.insert(contentsOf: [UInt8(ascii: ",")] + blanks + member.utf8, at: last.value.byteRange.upperBound)
    }

    private var newline: String { bytes.contains(UInt8(ascii: "\r")) ? "\r\n" : "\n" }

    private func blanks(before place: Int) -> Range<Int> {
        let start = bytes[..<place].lastIndex { !Self.blanks.contains($0) }.map { $0 + 1 } ?? 0
        return start..<place
    }

    private static let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]

    /// Whether the members of an object stand on lines of their own.
    private func lineBreaks(before object: JSONSlice) -> Bool {
        guard let last = Array(object.members).last else { return true }
        return bytes[blanks(before: last.key.byteRange.lowerBound)].contains(0x0A)
    }

    /// The blanks before the members of an object.
    private func indentation(inside object: JSONSlice) -> String {
        guard let last = Array(object.members).last else {
            return indentation(ofLineAt: object.byteRange.lowerBound) + unit
        }
        return indentation(ofLineAt: last.key.byteRange.lowerBound)
    }

    private func indentation(ofLineAt place: Int) -> String {
        let start = bytes[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let blanks = bytes[start..<place].prefix { $0 == 0x20 || $0 == 0x09 }
        return String(decoding: blanks, as: UTF8.self)
    }

    /// What one level more is indented by: a tab in a file that uses them, else what its first level has.
    private var unit: String {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: true)
        let first = lines.lazy.map { $0.prefix { $0 == 0x20 || $0 == 0x09 } }.first { !$0.isEmpty && $0.count <= 8 }
        return first.map { String(decoding: $0, as: UTF8.self) } ?? "  "
    }
}
