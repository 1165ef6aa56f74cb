public import JSONSlices

/// An exchange that a document shows, or lets one imagine.
public struct DescribedExchange: Sendable {
    /// The operation's id, or else its path in words; for a file's name.
    public let name: String
    public let summary: String?
    /// Percent-encoded, as a fixture has it: a parameter that is a whole segment is a placeholder, any other one has a value.
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
        let segments = operation.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var names: Set<String> = []
        return segments.map { segment in
            guard segments.count <= Self.maximumSegments, let name = Self.parameter(segment) else {
                return "/" + filled(segment, for: operation)
            }
            var placeholder = Self.placeholder(name)
            var number = 2
            while !names.insert(placeholder).inserted {
                placeholder = "\(Self.placeholder(name))_\(number)"
                number += 1
            }
            return "/{\(placeholder)}"
        }.joined()
    }

    /// Those that a fixture's path with placeholders may have.
    private static let maximumSegments = 64

    /// The name of the parameter that a segment is as a whole; nil for any other segment.
    private static func parameter(_ segment: Substring) -> Substring? {
        guard segment.utf8.count >= 2, segment.hasPrefix("{"), segment.hasSuffix("}") else { return nil }
        let name = segment.dropFirst().dropLast()
        return name.contains { $0 == "{" || $0 == "}" } ? nil : name
    }

    /// A name that a placeholder may have, `[A-Za-z_][A-Za-z0-9_]*`.
    private static func placeholder(_ name: Substring) -> String {
        var placeholder = ""
        for scalar in name.unicodeScalars {
            let isWord = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            placeholder.unicodeScalars.append(isWord ? scalar : "_")
        }
        guard let first = placeholder.unicodeScalars.first else { return "value" }
        return ("0"..."9").contains(first) ? "_" + placeholder : placeholder
    }

    /// A segment with values in the place of parameters.
    private func filled(_ segment: Substring, for operation: Operation) -> String {
        var text = ""
        var rest = segment
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            text += Self.encoded(rest[..<open], keepsEscapes: true)
            text += Self.encoded(value(of: String(rest[rest.index(after: open)..<close]), in: operation)[...])
            rest = rest[rest.index(after: close)...]
        }
        return text + Self.encoded(rest, keepsEscapes: true)
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
    ///
    /// - Parameter keepsEscapes: whether `%` and two hexadecimal digits stay as they are.
    private static func encoded(_ text: Substring, keepsEscapes: Bool = false) -> String {
        var encoded = ""
        for (index, byte) in zip(text.utf8.indices, text.utf8) {
            let digits = text.utf8[index...].dropFirst().prefix(2)
            let isEscape =
                keepsEscapes && byte == UInt8(ascii: "%") && digits.count == 2 && digits.allSatisfy(isHexDigit)
            let isPlain =
                (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
                || "-._~!$&'()*+,;=:@".utf8.contains(byte) || isEscape
            if isPlain {
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 6
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
