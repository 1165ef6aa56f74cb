import JSONSlices

/// What of a JSON body is no secret, for a fixture that asks for the rest: objects without their secret members.
struct PublicPart {
    private let rules: RecordingRules
    private var writer = JSONWriter()
    /// Whether all that was secret were members. An element cannot be left out: a list must have as many as the body's.
    private var isComplete = true
    private var isEmpty = true

    private init(_ rules: RecordingRules) {
        self.rules = rules
    }

    /// Nil when nothing is left, or something secret cannot be left out.
    static func text(of document: JSONDocument, _ rules: RecordingRules) -> [UInt8]? {
        var part = PublicPart(rules)
        part.write(document.root, ActivePaths(rules.redactedPaths))
        return part.isComplete && !part.isEmpty ? part.writer.finish() : nil
    }

    private mutating func write(_ value: JSONSlice, _ paths: ActivePaths) {
        switch value.kind {
        case .object:
            writer.beginObject()
            for (key, value) in value.members {
                let name = key.string ?? ""
                let (rest, isEnd) = paths.member(name)
                if isEnd || rules.secrets.isSecret(member: name) || isCredential(value, of: name) { continue }
                writer.key(name)
                write(value, rest)
            }
            writer.endObject()
        case .array:
            writer.beginArray()
            let (rest, isEnd) = paths.element()
            if isEnd { isComplete = false }
            for element in value.elements {
                if isCredential(element, of: "") { isComplete = false }
                write(element, rest)
            }
            writer.endArray()
        default:
            isEmpty = false
            value.withUTF8 { writer.writeRaw(utf8: $0) }
        }
    }

    private func isCredential(_ value: JSONSlice, of name: String) -> Bool {
        guard value.kind == .string, !rules.secrets.isExempt(name) else { return false }
        return rules.secrets.redacted(value.string ?? "") != nil
    }
}
