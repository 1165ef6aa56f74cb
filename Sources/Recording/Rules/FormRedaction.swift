import JSONSlices

/// Name-value pairs, percent-encoded and joined by `&`, as forms and queries have them.
enum FormText {
    /// What a name or a value stands for, `+` for a space; bytes that are no UTF-8 are replaced.
    static func decoded(_ text: some Collection<UInt8>) -> String {
        String(decoding: bytes(of: text), as: UTF8.self)
    }

    /// The bytes that a name or a value stands for. A `%` without two digits stands for itself.
    static func bytes(of text: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            let digits = byte == UInt8(ascii: "%") ? rest.prefix(2).compactMap(digit) : []
            if digits.count == 2 {
                bytes.append(digits[0] << 4 | digits[1])
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.flatMap(UInt8.init(exactly:))
    }

    /// The form with the values replaced that are secret, or hold a secret; nil when none is.
    static func redacted(_ text: String, _ rules: RecordingRules) -> String? {
        var changed = false
        let pairs = text.split(separator: "&", omittingEmptySubsequences: false).map { pair -> String in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = decoded((parts.first ?? pair).utf8)
            guard parts.count == 2 else {
                guard rules.secrets.redacted(name) != nil else { return String(pair) }
                changed = true
                return SecretRules.placeholder
            }
            let value = decoded(parts[1].utf8)
            guard !value.isEmpty, value != SecretRules.placeholder, !rules.secrets.isExempt(name),
                rules.secrets.isSecret(parameter: name) || holdsSecret(value, rules)
            else { return String(pair) }
            changed = true
            return "\(parts[0])=\(SecretRules.placeholder)"
        }
        return changed ? pairs.joined(separator: "&") : nil
    }

    /// Whether a value is secret whatever its name, or a JSON object or list with something secret in it.
    static func holdsSecret(_ value: String, _ rules: RecordingRules) -> Bool {
        if rules.secrets.redacted(value) != nil { return true }
        guard let document = FixtureBody.document(Array(value.utf8), mediaType: "text/plain") else { return false }
        return JSONRedaction.outcome(for: document, rules) != nil
    }
}
