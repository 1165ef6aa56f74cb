public import Diagnostics
import JSONSlices

/// What a backend says of itself: an OpenAPI document of version 3.0 or 3.1, as far as it is of use here.
///
/// Whatever stands in it, reading it ends: references that lead nowhere or in circles, schemas without end and values of
/// the wrong type say nothing.
public final class BackendDocument: Sendable {
    /// A method of a path.
    public struct Operation: Sendable {
        /// In capitals.
        public let method: String
        /// As the document writes it: `/users/{id}`.
        public let path: String
        let value: JSONSlice
        /// What all methods of the path have in common.
        let item: JSONSlice
        /// The parts between the slashes; nil for one with a parameter in it.
        public let segments: [String?]

        init(method: String, path: String, value: JSONSlice, item: JSONSlice) {
            self.method = method
            self.path = path
            self.value = value
            self.item = item
            segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { segment in
                segment.utf8.contains(UInt8(ascii: "{")) ? nil : String(segment)
            }
        }
    }

    public let file: SourceFile
    /// In the order of the document.
    public let operations: [Operation]
    let references: References

    private init(file: SourceFile, operations: [Operation], references: References) {
        self.file = file
        self.operations = operations
        self.references = references
    }

    private static let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]
    /// Lists and objects nested deeper than this are refused.
    private static let maximumDepth = 256

    /// - Returns: nil for a file that is no such document, which is reported.
    public static func read(_ file: SourceFile, diagnostics: DiagnosticList) -> BackendDocument? {
        guard isJSON(file, diagnostics), let document = diagnostics.parse(file, maxDepth: maximumDepth) else {
            return nil
        }
        let root = document.root
        guard root.kind == .object else {
            diagnostics.error("an OpenAPI document is an object", in: file, at: root)
            return nil
        }
        guard let version = root.member("openapi")?.string, version.hasPrefix("3.") else {
            let isSwagger = root.member("swagger") != nil
            let place = root.member("openapi") ?? root.member("swagger")
            let start = root.byteRange.lowerBound
            diagnostics.error(
                isSwagger
                    ? "this is a Swagger document, and OpenAPI 3 is read" : "this is no OpenAPI document of version 3",
                in: file,
                at: place?.byteRange ?? start..<start + 1,
                help: isSwagger ? "convert it to OpenAPI 3 first" : "it begins with {\"openapi\": \"3.1.0\", …"
            )
            return nil
        }
        let references = References(root: root)
        guard let paths = root.member("paths") else {
            return BackendDocument(file: file, operations: [], references: references)
        }
        guard paths.kind == .object else {
            diagnostics.error("'paths' must be an object", in: file, at: paths)
            return nil
        }
        var operations: [Operation] = []
        for (key, value) in paths.members {
            guard let path = key.string, path.hasPrefix("/") else {
                if key.string?.hasPrefix("x-") != true {
                    diagnostics.warning("a path begins with '/': this one is left out", in: file, at: key)
                }
                continue
            }
            let item = references.resolved(value)
            guard item.kind == .object else {
                diagnostics.warning("a path's value must be an object: '\(path)' is left out", in: file, at: value)
                continue
            }
            for (name, operation) in item.members {
                guard let method = name.string, methods.contains(method) else { continue }
                guard operation.kind == .object else {
                    diagnostics.warning("an operation must be an object: this one is left out", in: file, at: operation)
                    continue
                }
                operations.append(
                    Operation(method: method.uppercased(), path: path, value: operation, item: item)
                )
            }
        }
        return BackendDocument(file: file, operations: operations, references: references)
    }

    /// YAML is no JSON; what to do about it is said in place of where its syntax breaks.
    private static func isJSON(_ file: SourceFile, _ diagnostics: DiagnosticList) -> Bool {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        guard let start = file.bytes.firstIndex(where: { !blanks.contains($0) }) else { return true }
        let words = String(decoding: file.bytes[start...].prefix(16), as: UTF8.self)
        guard ["openapi", "swagger", "---", "#", "info", "%YAML"].contains(where: words.hasPrefix) else { return true }
        diagnostics.error(
            "this looks like YAML, and an OpenAPI document is read as JSON",
            in: file,
            at: start..<start + 1,
            help: "convert it: python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout, "
                + "default=str)' < api.yaml > api.json"
        )
        return false
    }
}

/// Where the references of a document lead.
struct References: Sendable {
    let root: JSONSlice
    /// By name: most references lead there, and a document can have thousands.
    private let schemas: [String: JSONSlice]
    private static let schemaPrefix = "#/components/schemas/"

    init(root: JSONSlice) {
        self.root = root
        var schemas: [String: JSONSlice] = [:]
        if let members = root.member("components")?.member("schemas")?.members {
            for (key, value) in members { schemas[key.string ?? ""] = value }
        }
        self.schemas = schemas
    }

    /// The value, or what it refers to, in as many steps as a sane document takes.
    func resolved(_ value: JSONSlice) -> JSONSlice {
        var value = value
        for _ in 0..<16 {
            guard let reference = value.member("$ref")?.string, let target = target(of: reference) else { return value }
            value = target
        }
        return value
    }

    /// What a reference into the document leads to (RFC 6901); nil for one that leads nowhere, or out of the document.
    func target(of reference: String) -> JSONSlice? {
        if reference.hasPrefix(Self.schemaPrefix),
            let schema = schemas[String(reference.dropFirst(Self.schemaPrefix.count))]
        {
            return schema
        }
        guard reference.hasPrefix("#") else { return nil }
        guard reference != "#" else { return root }
        guard reference.hasPrefix("#/") else { return nil }
        var value = root
        for piece in reference.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
            let name = Self.decoded(piece).replacing("~1", with: "/").replacing("~0", with: "~")
            let next = value.kind == .array ? Int(name).flatMap(value.element) : value.member(name)
            guard let next else { return nil }
            value = next
        }
        return value
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            guard byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
