/// A client's languages, as `Accept-Language` lists them (RFC 9110, section 12.5.4).
enum AcceptLanguage {
    /// The language that the client would like best, as it wrote it: that of the highest weight, of several the first.
    ///
    /// `*` names no language and weight 0 is a refusal, so neither is a choice; what is not in the RFC's grammar is
    /// passed over.
    ///
    /// - Returns: nil when the client names no language.
    static func firstChoice(of fields: [String]) -> String? {
        var best: (tag: Substring, weight: Int)?
        for field in fields {
            for element in field.split(separator: ",") {
                guard let (tag, weight) = choice(element), weight > best?.weight ?? 0 else { continue }
                best = (tag, weight)
            }
        }
        return best.map { String($0.tag) }
    }

    /// A language range and its weight in thousandths.
    private static func choice(_ element: Substring) -> (tag: Substring, weight: Int)? {
        let parts = element.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let tag = parts[0].trimmingSpace
        guard isTag(tag) else { return nil }
        guard parts.count > 1 else { return (tag, 1000) }
        return weight(parts[1].trimmingSpace).map { (tag, $0) }
    }

    /// `1*8ALPHA *( "-" 1*8alphanum )` (RFC 4647, section 2.1).
    private static func isTag(_ text: Substring) -> Bool {
        let subtags = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return subtags.enumerated().allSatisfy { index, subtag in
            (1...8).contains(subtag.count)
                && subtag.allSatisfy { byte in
                    let letter = byte | 0x20
                    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) || index > 0 && Names.isDigit(byte)
                }
        }
    }

    /// `q=0.8` in thousandths (RFC 9110, section 12.4.2): at most three digits, and none above one.
    private static func weight(_ text: Substring) -> Int? {
        var bytes = text.utf8[...]
        guard let letter = bytes.popFirst(), letter | 0x20 == UInt8(ascii: "q"),
            bytes.popFirst() == UInt8(ascii: "="), let whole = bytes.popFirst(),
            whole == UInt8(ascii: "0") || whole == UInt8(ascii: "1")
        else { return nil }
        if !bytes.isEmpty, bytes.popFirst() != UInt8(ascii: ".") { return nil }
        guard bytes.count <= 3, bytes.allSatisfy(Names.isDigit) else { return nil }
        var thousandths = whole == UInt8(ascii: "1") ? 1000 : 0
        for (digit, value) in zip(bytes, [100, 10, 1]) { thousandths += Int(digit - UInt8(ascii: "0")) * value }
        return thousandths <= 1000 ? thousandths : nil
    }
}
