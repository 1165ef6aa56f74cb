import JSONSlices

/// Takes the secrets out of a JSON body. A value keeps its type: a text becomes `"REDACTED"`, a number 0; a list or an
/// object keeps its form, with each value in it replaced. Everything else keeps its bytes.
struct JSONRedaction {
    private let rules: RecordingRules
    private var replacements: [(range: Range<Int>, bytes: [UInt8])] = []
    private var labels: [String] = []

    /// A body without its secrets, and what they were, to stand after "redacted:".
    struct Outcome {
        let bytes: [UInt8]
        let redacted: [String]
    }

    private init(_ rules: RecordingRules) {
        self.rules = rules
    }

    /// Nil when there is nothing secret in the document.
    static func outcome(for document: JSONDocument, _ rules: RecordingRules) -> Outcome? {
        var redaction = JSONRedaction(rules)
        redaction.visit(document.root, ActivePaths(rules.redactedPaths))
        guard !redaction.replacements.isEmpty else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(document.bytes.count)
        var position = 0
        for (range, replacement) in redaction.replacements {
            bytes += document.bytes[position..<range.lowerBound]
            bytes += replacement
            position = range.upperBound
        }
        bytes += document.bytes[position...]
        return Outcome(bytes: bytes, redacted: redaction.labels)
    }

    private mutating func visit(_ value: JSONSlice, _ paths: ActivePaths) {
        switch value.kind {
        case .object:
            for (key, value) in value.members {
                let name = key.string ?? ""
                let (rest, isEnd) = paths.member(name)
                if isEnd || rules.secrets.isSecret(member: name) {
                    hide(value, label: "member \(name)", isNamed: isEnd)
                } else if value.kind != .string || !rules.secrets.isExempt(name) {
                    visit(value, rest)
                }
            }
        case .array:
            let (rest, isEnd) = paths.element()
            for value in value.elements {
                if isEnd { hide(value, label: "an element", isNamed: true) } else { visit(value, rest) }
            }
        case .string:
            guard value.byteRange.count >= 10, let text = rules.secrets.redacted(value.string ?? "") else { return }
            replace(value, with: Self.written(text), label: "a text with a credential")
        case .number, .true, .false, .null: break
        }
    }

    /// - Parameter isNamed: whether the operator named the place. A member that only its name gives away keeps a boolean:
    ///   `"password": true` says that there is one.
    private mutating func hide(_ value: JSONSlice, label: String, isNamed: Bool) {
        switch value.kind {
        case .object: for (_, value) in value.members { hide(value, label: label, isNamed: isNamed) }
        case .array: for value in value.elements { hide(value, label: label, isNamed: isNamed) }
        case .string:
            guard value.byteRange.count > 2 else { return }
            replace(value, with: Self.written(SecretRules.placeholder), label: label)
        case .number: replace(value, with: [UInt8(ascii: "0")], label: label)
        case .true: if isNamed { replace(value, with: Array("false".utf8), label: label) }
        case .false, .null: break
        }
    }

    private mutating func replace(_ value: JSONSlice, with bytes: [UInt8], label: String) {
        guard !value.withUTF8({ $0.elementsEqual(bytes) }) else { return }
        replacements.append((value.byteRange, bytes))
        labels.append(label)
    }

    private static func written(_ text: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(string: text)
        return writer.finish()
    }
}
