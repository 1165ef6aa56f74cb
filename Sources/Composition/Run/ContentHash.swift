import CXXHash
import JSONSlices

/// XXH3's 128-bit hash, the same on every machine: tells bodies apart for a client that has one of them. No secret and no
/// signature: whoever chooses both texts can make them collide.
enum ContentHash {
    static func bytes(of text: [UInt8]) -> [UInt8] {
        let hash = text.withUnsafeBytes { medley_xxh3_128($0.baseAddress, $0.count) }
        return bytes(of: hash)
    }

    /// A strong entity tag (RFC 9110, section 8.8.3) of a body.
    static func entityTag(of pieces: JSONPieces) -> String {
        let hash: medley_hash128
        if pieces.rest.isEmpty {
            hash = pieces.first.withUnsafeBytes { medley_xxh3_128($0.baseAddress, $0.count) }
        } else {
            guard let state = medley_xxh3_begin() else { return "" }
            for piece in [pieces.first[...]] + pieces.rest {
                piece.withUnsafeBytes { medley_xxh3_update(state, $0.baseAddress, $0.count) }
            }
            hash = medley_xxh3_end(state)
        }
        var text = [UInt8(ascii: "\"")]
        text.reserveCapacity(34)
        for byte in bytes(of: hash) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        text.append(UInt8(ascii: "\""))
        return String(decoding: text, as: UTF8.self)
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func bytes(of hash: medley_hash128) -> [UInt8] {
        withUnsafeBytes(of: (hash.high.bigEndian, hash.low.bigEndian)) { Array($0) }
    }
}
