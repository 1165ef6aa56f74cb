/// Looks through a text for secret parameters, wherever a URL or a part of one stands in it, and for passwords of URLs.
///
/// Takes time in proportion to the text's length, whatever is nested in it.
struct TextRedaction {
    private let rules: SecretRules
    private let bytes: [UInt8]
    /// How many layers of percent-encoding the text had.
    private let depth: Int
    private var secrets: [Range<Int>] = []
    /// Whether a query or a fragment has begun, which `&` divides.
    private var isInQuery = false

    private static let maxDepth = 3

    /// The text with its secrets replaced; nil when it has none.
    static func text(_ text: String, _ rules: SecretRules, depth: Int = 0) -> String? {
        guard text.utf8.contains(where: { isMark($0) || $0 == UInt8(ascii: "@") }) else { return nil }
        var redaction = TextRedaction(rules: rules, bytes: Array(text.utf8), depth: depth)
        redaction.scan()
        return redaction.result
    }

    private init(rules: SecretRules, bytes: [UInt8], depth: Int) {
        self.rules = rules
        self.bytes = bytes
        self.depth = depth
    }

    private var result: String? {
        guard !secrets.isEmpty else { return nil }
        var written: [UInt8] = []
        written.reserveCapacity(bytes.count)
        var position = 0
        for range in secrets {
            written += bytes[position..<range.lowerBound]
            written += Array(SecretRules.placeholder.utf8)
            position = range.upperBound
        }
        written += bytes[position...]
        return String(decoding: written, as: UTF8.self)
    }

    private mutating func scan() {
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            if Self.isMark(byte) {
                if byte != UInt8(ascii: ";") { isInQuery = true }
                position = parameter(behind: position)
            } else if byte == UInt8(ascii: ":"), bytes[position...].starts(with: "://".utf8) {
                position = authority(at: position + 3)
            } else {
                if Self.isEnd(byte) { isInQuery = false }
                position += 1
            }
        }
    }

    /// - Returns: where to go on.
    private mutating func parameter(behind mark: Int) -> Int {
        // An `&` in HTML is `&amp;`. Elsewhere a `;` divides the parameters of a header field, or statements: what is
        // called a key there is most often none.
        let isLoose = bytes[mark] == UInt8(ascii: ";") && !bytes[..<mark].suffix(4).elementsEqual("&amp".utf8)
        let start = isLoose ? end(from: mark + 1) { !Self.isBlank($0) } : mark + 1
        let nameEnd = end(from: start) { Self.isMark($0) || Self.isEnd($0) || $0 == UInt8(ascii: "=") }
        guard nameEnd < bytes.count, bytes[nameEnd] == UInt8(ascii: "=") else {
            guard SecretRules.isCredential(text(start..<nameEnd)) else { return start }
            return hide(start..<nameEnd)
        }
        let name = FormText.decoded(bytes[start..<nameEnd])
        var valueStart = nameEnd + 1
        if isLoose, valueStart < bytes.count, bytes[valueStart] == UInt8(ascii: "\"") { valueStart += 1 }
        if rules.isExempt(name) { return end(from: valueStart, where: Self.isValueEnd) }
        if isLoose ? rules.isSecret(member: name) : rules.isSecret(parameter: name) {
            return hide(valueStart..<end(from: valueStart, where: Self.isValueEnd))
        }
        // Up to the next mark alone, so that no byte is looked at in the value of each mark before it.
        let value = valueStart..<end(from: valueStart) { Self.isMark($0) || Self.isEnd($0) }
        return isCredential(value) ? hide(value) : start
    }

    private func isCredential(_ value: Range<Int>) -> Bool {
        if SecretRules.isCredential(text(value)) { return true }
        let isEncoded = bytes[value].contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }
        guard isEncoded, depth < Self.maxDepth else { return false }
        return rules.redacted(FormText.decoded(bytes[value]), depth: depth + 1) != nil
    }

    /// A name and a password, as in `postgres://user:password@host` (RFC 3986, section 3.2.1).
    private mutating func authority(at start: Int) -> Int {
        let endsAtPair = isInQuery
        let end = end(from: start) { byte in
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"): true
            case UInt8(ascii: "&"): endsAtPair
            default: Self.isEnd(byte)
            }
        }
        guard let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")) else { return start }
        let user = start..<at
        guard bytes[user].contains(UInt8(ascii: ":")) || SecretRules.isCredential(text(user)) else { return start }
        return hide(user)
    }

    private mutating func hide(_ range: Range<Int>) -> Int {
        if !range.isEmpty, !bytes[range].elementsEqual(SecretRules.placeholder.utf8) { secrets.append(range) }
        return range.upperBound
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Where the first byte is from there on that something is true of; the text's end when it is of none.
    private func end(from start: Int, where isFound: (UInt8) -> Bool) -> Int {
        guard start < bytes.count else { return bytes.count }
        return bytes[start...].firstIndex(where: isFound) ?? bytes.count
    }

    /// What a parameter stands behind.
    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "?"), UInt8(ascii: "&"), UInt8(ascii: "#"), UInt8(ascii: ";"): true
        default: false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): true
        default: false
        }
    }

    /// What ends a URL that stands in a text.
    private static func isEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
        default: isBlank(byte)
        }
    }

    /// What ends a secret value: it may itself have a `?` or a `;`.
    private static func isValueEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "&") || byte == UInt8(ascii: "#") || isEnd(byte)
    }
}
