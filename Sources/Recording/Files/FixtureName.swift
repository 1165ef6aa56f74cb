/// The name of a fixture's file, made of the request: `users-42`, `search_q-tea`, `post-orders-1f0c9a`.
///
/// Small letters, digits, `-` and `_` alone, so that no file system minds it or takes two names for one; it begins with
/// neither `_` nor `.`, which would leave the file out of the set.
public struct FixtureName: Hashable, Sendable {
    /// What a person would call it, 1 to 64 bytes. Several requests may share it.
    public let stem: String
    /// Sixteen hexadecimal digits of the request's hash.
    let hash: String
    /// Whether the stem says all there is to the request.
    let isTold: Bool

    private static let maximum = 64

    /// - Parameters:
    ///   - isTold: whether method, path and query are the whole request.
    ///   - request: the text that is hashed.
    init(method: String, path: String, query: [(name: String, values: [String])], isTold: Bool, request: [UInt8]) {
        var words = Self.plain(Self.decoded(path))
        if words.isEmpty { words = "root" }
        if method != "GET" { words = Self.plain(method) + "-" + words }
        for (name, values) in query {
            let pair = ([name] + values).map(Self.plain).filter { !$0.isEmpty }.joined(separator: "-")
            if !pair.isEmpty { words += "_" + pair }
        }
        if words.hasPrefix("-") || words.hasPrefix("_") { words = "x" + words }
        let isCut = words.utf8.count > Self.maximum
        if isCut {
            words = String(words.prefix(Self.maximum))
            while words.last == "-" || words.last == "_" { words.removeLast() }
        }
        stem = words
        self.isTold = isTold && !isCut && !Self.reserved.contains(words)
        hash = Self.hash(of: request)
    }

    /// The names to try, one after the other: the first that no other request has is the fixture's.
    var candidates: [String] {
        let hashed = [6, 10, 16].map { "\(stem)-\(hash.prefix($0))" }
        return isTold ? [stem] + hashed : hashed
    }

    /// Letters and digits, all else a hyphen between them.
    private static func plain(_ text: String) -> String { plain(Array(text.utf8)) }

    private static func plain(_ text: [UInt8]) -> String {
        var bytes: [UInt8] = []
        var needsHyphen = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"):
                if needsHyphen, !bytes.isEmpty { bytes.append(UInt8(ascii: "-")) }
                needsHyphen = false
                bytes.append(byte < UInt8(ascii: "a") && byte > UInt8(ascii: "9") ? byte | 0x20 : byte)
            default: needsHyphen = true
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes that a canonical path stands for.
    private static func decoded(_ path: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = path.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), let escaped = UInt8(String(rest.prefix(2)) ?? "", radix: 16) else {
                bytes.append(byte)
                continue
            }
            bytes.append(escaped)
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    /// FNV-1a, 64 bits: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
    private static func hash(of bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Names of devices on Windows, whatever their ending.
    private static let reserved: Set<String> = {
        let numbered = ["com", "lpt"].flatMap { port in (0...9).map { "\(port)\($0)" } }
        return Set(["con", "prn", "aux", "nul"] + numbered)
    }()
}
