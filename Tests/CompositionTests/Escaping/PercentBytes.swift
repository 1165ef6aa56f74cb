/// A decoder of percent-encoding that shares nothing with the one under test.
enum PercentBytes {
    /// The bytes that `%XX` escapes alone stand for; nil for any other text.
    static func decode(_ text: String) -> [UInt8]? {
        let pieces = text.split(separator: "%")
        let bytes = pieces.compactMap { $0.count == 2 ? UInt8($0, radix: 16) : nil }
        return bytes.count == pieces.count && !bytes.isEmpty ? bytes : nil
    }

    /// The text behind escapes; nil when one is incomplete, or the bytes are no UTF-8.
    static func text(_ encoded: some StringProtocol) -> String? {
        let pieces = encoded.split(separator: "%", omittingEmptySubsequences: false)
        var bytes = Array((pieces.first ?? "").utf8)
        for piece in pieces.dropFirst() {
            guard let byte = UInt8(piece.prefix(2), radix: 16) else { return nil }
            bytes += [byte] + piece.dropFirst(2).utf8
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
