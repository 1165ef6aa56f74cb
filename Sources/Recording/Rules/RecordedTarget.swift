import Replay

/// A request's target in the two parts that a fixture has.
struct RecordedTarget {
    /// Percent-encoded, in the spelling in which replay compares paths.
    let path: String
    /// Plain texts by name, sorted; a name once, with its values in the order sent. Without what is left out.
    let query: [(name: String, values: [String])]
    /// Names of parameters that are left out because they are secret; the placeholder for a name that is itself one.
    let redacted: [String]
    /// Names, as they were sent, of parameters that are left out because no plain text says what was sent.
    let unspeakable: [String]

    /// - Parameter target: in origin form (RFC 9112, section 3.2.1): path and query. What is no path becomes one.
    init(_ target: String, _ rules: RecordingRules) {
        let parts = target.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        // A brace in a path that was sent is a brace, whatever it means in a fixture's.
        let path = String(decoding: Array(parts.first ?? target.utf8[...]), as: UTF8.self)
            .replacing("{", with: "%7B").replacing("}", with: "%7D")
        self.path = ExpectedRequest(path: path.hasPrefix("/") ? path : "/" + path).path
        var values: [String: [String]] = [:]
        var redacted: Set<String> = []
        var unspeakable: Set<String> = []
        for pair in (parts.count > 1 ? parts[1] : "".utf8[...]).split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.plainText(halves.first ?? pair)
            if let name, rules.secrets.redacted(name) != nil {
                redacted.insert(SecretRules.placeholder)
                continue
            }
            guard let name, let value = Self.plainText(halves.dropFirst().first ?? pair.prefix(0)) else {
                unspeakable.insert(name ?? String(decoding: Array(halves.first ?? pair), as: UTF8.self))
                continue
            }
            if rules.ignoredParameters.contains(name) { continue }
            let isSecret = rules.secrets.isSecret(parameter: name) || FormText.holdsSecret(value, rules)
            if isSecret, !rules.secrets.isExempt(name) { redacted.insert(name) }
            values[name, default: []].append(value)
        }
        // All values of a name are compared together: one that is left out takes the others along.
        query =
            values
            .filter { !redacted.contains($0.key) && !unspeakable.contains($0.key) }
            .map { (name: $0.key, values: $0.value) }
            .sorted { $0.name < $1.name }
        self.redacted = redacted.sorted()
        self.unspeakable = unspeakable.sorted()
    }

    /// What a name or a value of a query stands for (`+` is a space); nil when that is no UTF-8.
    private static func plainText(_ text: Substring.UTF8View) -> String? {
        String(validating: FormText.bytes(of: text), as: UTF8.self)
    }
}
