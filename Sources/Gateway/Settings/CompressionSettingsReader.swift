import Diagnostics
import JSONSlices

/// Reads `compression`.
struct CompressionSettingsReader {
    static let keys = ["encodings", "minimumSize", "types", "levels", "memory"]
    static let levelKeys = ContentCoding.allCases.map(\.rawValue)

    let diagnostics: DiagnosticList

    func read(_ settings: ObjectReader) -> CompressionRules? {
        guard let slice = settings["compression"] else { return nil }
        if let isOn = slice.bool { return isOn ? CompressionRules() : nil }
        guard slice.kind == .object else {
            return settings.mismatch("compression", slice, wanted: "true, false or an object")
        }
        guard let reader = settings.nested("compression", known: Self.keys) else { return nil }
        var rules = CompressionRules()
        rules.encodings = encodings(reader) ?? rules.encodings
        rules.minimumSize = reader.size("minimumSize", in: 0...(1 << 30)) ?? rules.minimumSize
        rules.types = types(reader) ?? rules.types
        rules.memory = reader.size("memory", in: 0...(1 << 40)) ?? rules.memory
        if let levels = reader.nested("levels", known: Self.levelKeys) {
            for coding in ContentCoding.allCases {
                rules.levels[coding] = levels.integer(coding.rawValue, in: coding.levels)
            }
        }
        return rules
    }

    private func encodings(_ reader: ObjectReader) -> [ContentCoding]? {
        guard let slice = reader["encodings"] else { return nil }
        let known = ContentCoding.allCases.map(\.rawValue).joined(separator: ", ")
        let codings = slice.elements.map { $0.string.flatMap(ContentCoding.init) }
        let found = codings.compactMap { $0 }
        guard slice.kind == .array, !found.isEmpty, found.count == codings.count, Set(found).count == found.count else {
            return reader.mismatch("encodings", slice, wanted: "a list of some of \(known), each once")
        }
        return found
    }

    private func types(_ reader: ObjectReader) -> TypeList? {
        guard let slice = reader["types"] else { return nil }
        let texts = slice.elements.map { $0.string?.lowercased() }
        let types = texts.compactMap { $0 }.filter(Self.isType)
        guard slice.kind == .array, !types.isEmpty, types.count == texts.count else {
            return reader.mismatch(
                "types",
                slice,
                wanted: "a list of media types such as \"application/json\", \"text/*\" or \"*+json\""
            )
        }
        return TypeList(types)
    }

    private static func isType(_ text: String) -> Bool {
        if text.hasPrefix("*+") { return text.count > 2 && ReplyEncoder.isSendable("x-\(text.dropFirst(2))", "") }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0] != "*"
            && parts.allSatisfy { !$0.isEmpty && ReplyEncoder.isSendable("x-\($0)", "") }
    }
}
