/// Takes a text that holds several items apart. Only the query needs no such rule: there a list is a repeated field, so
/// that a comma can be part of every item.
enum ParameterText {
    /// The items of a segment of the path: separated by commas before they are decoded, so that `%2C` is part of an item
    /// (RFC 6570, section 3.2.2, simple expansion).
    ///
    /// - Returns: nil when one is no percent-encoded UTF-8.
    static func items(ofSegment segment: some StringProtocol) -> [String]? {
        var items: [String] = []
        for item in segment.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let text = PercentDecoding.decode(item, plusIsSpace: false) else { return nil }
            items.append(text)
        }
        return items
    }

    /// The elements of a header field's list (RFC 9110, section 5.6.1): separated by commas outside quotes, without the
    /// whitespace around them; empty ones are none.
    static func items(ofHeader value: String) -> [String] {
        var items: [String] = []
        var item: [UInt8] = []
        var isQuoted = false
        var isEscaped = false
        func end(_ item: [UInt8]) {
            let text = Substring(decoding: item, as: UTF8.self).trimmingSpace
            if !text.isEmpty { items.append(String(text)) }
        }
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: ",") where !isQuoted:
                end(item)
                item.removeAll(keepingCapacity: true)
                continue
            case UInt8(ascii: "\"") where !isEscaped:
                isQuoted.toggle()
            default:
                break
            }
            isEscaped = isQuoted && !isEscaped && byte == UInt8(ascii: "\\")
            item.append(byte)
        }
        end(item)
        return items
    }

    /// The items of a cookie's value: separated by commas. An empty value has none.
    static func items(ofCookie value: String) -> [String] {
        value.isEmpty ? [] : value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}

extension Substring {
    /// Without spaces and tabs at both ends (OWS of RFC 9110, section 5.6.3).
    var trimmingSpace: Substring {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let start = utf8.firstIndex { !isSpace($0) } ?? endIndex
        var end = endIndex
        while end > start, isSpace(utf8[utf8.index(before: end)]) { end = utf8.index(before: end) }
        return self[start..<end]
    }
}
