public import JSONSlices

/// An exchange that a document shows, or lets one imagine.
public struct DescribedExchange: Sendable {
    /// The operation's id, or else its path in words; for a file's name.
    public let name: String
    public let summary: String?
    /// With values in the place of parameters, percent-encoded.
    public let path: String
    public let status: Int
    public let body: JSONValue
}

extension BackendDocument {
    /// Exchanges of one document: more are nobody's to read.
    static let maximumExchanges = 500

    /// An exchange per GET whose answers are JSON, in the order of the document.
    public func exchanges() -> [DescribedExchange] {
        operations.filter { $0.method == "GET" }.prefix(Self.maximumExchanges).compactMap { operation in
            guard let (status, response) = success(of: operation), let content = Self.content(of: response) else {
                return nil
            }
            return DescribedExchange(
                name: Self.fileName(operation.value.member("operationId")?.string ?? operation.path),
                summary: operation.value.member("summary")?.string,
                path: path(of: operation),
                status: status,
                body: body(content)
            )
        }
    }

    private func success(of operation: Operation) -> (Int, JSONSlice)? {
        guard let responses = operation.value.member("responses"), responses.kind == .object else { return nil }
        for (key, value) in responses.members {
            guard let status = key.string.flatMap({ Int($0) }), (200..<300).contains(status) else { continue }
            guard ![204, 205].contains(status) else { continue }
            return (status, references.resolved(value))
        }
        return self.responses(of: operation) { _ in true }.first.map { (200, $0) }
    }

    /// The example of a media type, or one made from its schema.
    private func body(_ content: JSONSlice) -> JSONValue {
        if let shown = shown(by: content) { return shown }
        guard let schema = content.member("schema") else { return .null }
        var maker = ExampleMaker(references: references)
        return maker.value(of: schema)
    }

    /// `example`, or the first of `examples`, of a media type or a parameter.
    private func shown(by holder: JSONSlice) -> JSONValue? {
        if let example = holder.member("example") { return .slice(example) }
        guard let examples = holder.member("examples"), examples.kind == .object else { return nil }
        for (_, example) in examples.members {
            if let value = references.resolved(example).member("value") { return .slice(value) }
        }
        return nil
    }

    // MARK: Paths

    private func path(of operation: Operation) -> String {
        var path = ""
        var rest = operation.path[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            path += rest[..<open]
            path += Self.encoded(value(of: String(rest[rest.index(after: open)..<close]), in: operation))
            rest = rest[rest.index(after: close)...]
        }
        return Self.encoded(path + rest, keeping: "/%")
    }

    /// A value for a parameter of the path.
    private func value(of name: String, in operation: Operation) -> String {
        let listed = [operation.value, operation.item].flatMap { $0.member("parameters")?.elements.map(\.self) ?? [] }
        let parameter = listed.lazy.map { self.references.resolved($0) }.first {
            $0.member("in")?.string == "path" && $0.member("name")?.string == name
        }
        var value = parameter.flatMap(shown)
        if value == nil, let schema = parameter?.member("schema") {
            var maker = ExampleMaker(references: references)
            value = maker.value(of: schema)
        }
        let text = value?.string ?? value?.numberText ?? value?.bool.map { $0 ? "true" : "false" } ?? ""
        return text.isEmpty ? "1" : text
    }

    /// Percent-encodes what cannot stand in a segment of a path (RFC 3986, section 3.3).
    private static func encoded(_ text: String, keeping others: String = "") -> String {
        var encoded = ""
        for byte in text.utf8 {
            let isPlain =
                (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
                || "-._~!$&'()*+,;=:@".utf8.contains(byte) || others.utf8.contains(byte)
            if isPlain {
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }

    /// Words in lower case with hyphens between them: `getUserById` and `/users/{id}` as names of files.
    private static func fileName(_ text: String) -> String {
        var name = ""
        var lastIsLower = false
        for byte in text.utf8.prefix(80) {
            let isUpper = byte &- UInt8(ascii: "A") < 26
            let isWord = isUpper || byte &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
            if isUpper && lastIsLower || !isWord, !name.isEmpty, !name.hasSuffix("-") { name += "-" }
            if isWord { name.unicodeScalars.append(UnicodeScalar(isUpper ? byte | 0x20 : byte)) }
            lastIsLower = isWord && !isUpper
        }
        while name.hasSuffix("-") { name.removeLast() }
        return name.isEmpty ? "root" : name
    }
}
