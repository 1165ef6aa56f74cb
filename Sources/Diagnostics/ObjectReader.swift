public import JSONSlices

/// Reads one JSON object of a settings, composition or fixture file into typed values.
///
/// Unknown and repeated keys become errors when the reader is made; a value of the wrong type becomes an error when it
/// is asked for. Each error points at the offending text, and reading goes on, so that all errors are found at once.
public struct ObjectReader {
    public let file: SourceFile
    public let object: JSONSlice
    /// What the object is to the operator: "a call", "the settings".
    public let role: String
    public let diagnostics: DiagnosticList
    private let values: [String: JSONSlice]
    /// The known keys that unknown ones were most likely meant to be.
    private let misspelt: Set<String>

    /// - Parameter known: the keys that may stand here; nil for an object with names of the operator's own.
    /// - Returns: nil, and an error reported, when the value is no object.
    public init?(
        _ slice: JSONSlice,
        in file: SourceFile,
        role: String,
        known: [String]?,
        diagnostics: DiagnosticList
    ) {
        guard slice.kind == .object else {
            diagnostics.error("\(role) must be an object, not \(slice.kind.article)", in: file, at: slice)
            return nil
        }
        self.file = file
        self.object = slice
        self.role = role
        self.diagnostics = diagnostics
        var values: [String: JSONSlice] = [:]
        var misspelt: Set<String> = []
        for (key, value) in slice.members {
            let name = key.string ?? ""
            if let known, !known.contains(name) {
                if let nearest = nearestName(to: name, in: known) { misspelt.insert(nearest) }
                diagnostics.error(
                    "unknown key '\(name)' in \(role)",
                    in: file,
                    at: key,
                    help: suggestion(for: name, among: known)
                )
            } else if values.updateValue(value, forKey: name) != nil {
                diagnostics.error("the key '\(name)' stands twice in \(role)", in: file, at: key, help: "keep one")
            }
        }
        self.values = values
        self.misspelt = misspelt
    }

    /// The value as it stands, or nil where the key is missing.
    public subscript(key: String) -> JSONSlice? { values[key] }

    /// Every member in the order of the file: the key's text, its place, and the value.
    public var members: [(name: String, key: JSONSlice, value: JSONSlice)] {
        object.members.map { ($0.key.string ?? "", $0.key, $0.value) }
    }

    public func string(_ key: String) -> String? {
        guard let slice = values[key] else { return nil }
        guard let text = slice.string else { return mismatch(key, slice, wanted: "a string") }
        return text
    }

    /// A string that must be there; its absence is an error at the object.
    public func requiredString(_ key: String) -> String? {
        guard values[key] != nil else {
            missing(key)
            return nil
        }
        return string(key)
    }

    /// Reports that a key is not there, unless a misspelt one has been reported in its place.
    ///
    /// - Parameter others: keys that could have stood instead.
    public func missing(_ key: String, or others: [String] = []) {
        guard misspelt.isDisjoint(with: [key] + others) else { return }
        let start = object.byteRange.lowerBound
        diagnostics.error("\(role) needs '\(key)'", in: file, at: start..<start + 1)
    }

    public func bool(_ key: String) -> Bool? {
        guard let slice = values[key] else { return nil }
        guard let value = slice.bool else { return mismatch(key, slice, wanted: "true or false") }
        return value
    }

    public func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let slice = values[key] else { return nil }
        guard let text = slice.numberText, let number = Int(text), range.contains(number) else {
            return mismatch(key, slice, wanted: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    public func duration(_ key: String, in range: ClosedRange<Duration>) -> Duration? {
        guard let slice = values[key] else { return nil }
        guard let duration = slice.string.flatMap(Quantity.duration), range.contains(duration) else {
            let (low, high) = (range.lowerBound.spelled, range.upperBound.spelled)
            return mismatch(key, slice, wanted: "a duration such as \"250ms\" or \"2s\", from \(low) to \(high)")
        }
        return duration
    }

    /// A size in bytes, written as `"64KiB"` or as a plain number.
    public func size(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let slice = values[key] else { return nil }
        guard let bytes = (slice.string ?? slice.numberText).flatMap(Quantity.size), range.contains(bytes) else {
            return mismatch(
                key,
                slice,
                wanted: "a size such as \"64KiB\" or \"8MiB\", from \(range.lowerBound) to \(range.upperBound) bytes"
            )
        }
        return bytes
    }

    /// An object whose values are all strings, in the order of the file.
    public func stringMap(_ key: String) -> [(name: String, key: JSONSlice, value: JSONSlice)]? {
        guard let reader = map(key) else { return nil }
        return reader.members.filter { member in
            guard member.value.kind != .string else { return true }
            let found = member.value.kind.article
            diagnostics.error("'\(member.name)' in '\(key)' must be a string, not \(found)", in: file, at: member.value)
            return false
        }
    }

    /// An object with names of the operator's own.
    public func map(_ key: String) -> ObjectReader? {
        guard let slice = values[key] else { return nil }
        return ObjectReader(slice, in: file, role: "'\(key)'", known: nil, diagnostics: diagnostics)
    }

    /// An object with known keys.
    public func nested(_ key: String, known: [String]) -> ObjectReader? {
        guard let slice = values[key] else { return nil }
        return ObjectReader(slice, in: file, role: "'\(key)'", known: known, diagnostics: diagnostics)
    }

    /// Reports a value of the wrong kind; the answer is always nil, for use in a `return`.
    public func mismatch<Value>(_ key: String, _ slice: JSONSlice, wanted: String) -> Value? {
        let isShown = file.isQuotable && !slice.kind.isContainer
        let hidden = file.isQuotable ? slice.kind.article : "the value it has"
        let found = isShown ? String(decoding: slice.excerpt, as: UTF8.self) : hidden
        diagnostics.error("'\(key)' in \(role) must be \(wanted), not \(found)", in: file, at: slice)
        return nil
    }
}

extension JSONKind {
    var isContainer: Bool { self == .array || self == .object }

    /// The kind with its article, as it stands in a sentence.
    public var article: String {
        switch self {
        case .null: "null"
        case .false, .true: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension JSONSlice {
    /// The first bytes of the value as written, for a message.
    fileprivate var excerpt: [UInt8] {
        withUTF8 { $0.count <= 60 ? Array($0) : Array($0.prefix(57)) + Array("…".utf8) }
    }
}
