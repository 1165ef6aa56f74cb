/// What a client says of content codings (RFC 9110, section 12.5.3).
struct AcceptEncoding: Hashable, Sendable {
    /// In thousandths, by lower-case names; the first of a name counts.
    private var qualities: [(name: String, quality: Int)] = []

    static func == (left: AcceptEncoding, right: AcceptEncoding) -> Bool {
        left.qualities.elementsEqual(right.qualities, by: ==)
    }

    func hash(into hasher: inout Hasher) {
        for (name, quality) in qualities {
            hasher.combine(name)
            hasher.combine(quality)
        }
    }

    /// - Parameter lines: all lines of the field; none, or only empty ones, accept nothing but the body as it is.
    init(_ lines: [String]) {
        for line in lines {
            for member in line.utf8.split(separator: UInt8(ascii: ",")) {
                let parts = member.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
                let name = String(decoding: Self.trimmed(parts.first ?? member), as: UTF8.self).lowercased()
                // Aliases of old (section 8.4.1.3).
                let known = name == "x-gzip" ? "gzip" : name
                // Others are never asked for: so the list stays short, however long the field is.
                guard Self.names.contains(known), let quality = Self.quality(parts.dropFirst()) else { continue }
                if !qualities.contains(where: { $0.name == known }) { qualities.append((known, quality)) }
            }
        }
    }

    private static let names = ContentCoding.allCases.map(\.rawValue) + ["identity", "*"]

    /// The coding to send, the first of `offered` among those that are liked best; nil to send the body as it is.
    func choose(from offered: [ContentCoding]) -> ContentCoding? {
        var best: (coding: ContentCoding, quality: Int)?
        for coding in offered {
            let quality = quality(of: coding.rawValue) ?? 0
            if quality > best?.quality ?? 0 { best = (coding, quality) }
        }
        guard let best else { return nil }
        // Unless the client says more of it, the body as it is comes last.
        return (quality(of: "identity") ?? 0) > best.quality ? nil : best.coding
    }

    /// Whether the body must not be sent as it is, if there is another way.
    var refusesIdentity: Bool { quality(of: "identity") == 0 }

    private func quality(of name: String) -> Int? {
        qualities.first { $0.name == name }?.quality ?? qualities.first { $0.name == "*" }?.quality
    }

    /// `weight` (section 12.4.2). Nil for what is none: the member says nothing then.
    private static func quality(_ parameters: some Sequence<Substring.UTF8View>) -> Int? {
        var quality = 1000
        for parameter in parameters {
            let text = trimmed(parameter)
            guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            guard text[..<equals].elementsEqual("q".utf8) || text[..<equals].elementsEqual("Q".utf8) else { continue }
            guard let value = thousandths(text[text.index(after: equals)...]) else { return nil }
            quality = value
        }
        return quality
    }

    /// `0`, `0.5`, `0.123`, `1`, `1.000`.
    private static func thousandths(_ text: Substring.UTF8View) -> Int? {
        let bytes = Array(text)
        guard let whole = bytes.first, whole == 0x30 || whole == 0x31, bytes.count <= 5 else { return nil }
        guard bytes.count == 1 || bytes[1] == UInt8(ascii: ".") else { return nil }
        var value = whole == 0x31 ? 1000 : 0
        var unit = 100
        for byte in bytes.dropFirst(2) {
            guard (0x30...0x39).contains(byte) else { return nil }
            value += Int(byte - 0x30) * unit
            unit /= 10
        }
        return value <= 1000 ? value : nil
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return text
    }
}
