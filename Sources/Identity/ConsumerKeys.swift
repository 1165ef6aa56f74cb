import Crypto
public import Diagnostics
import JSONSlices

/// The API keys of a policy: only their hashes are here. Immutable.
public struct ConsumerKeys: Sendable {
    static let fileKeys = ["$schema", "consumers"]
    static let consumerKeys = ["keys", "claims"]

    struct Consumer: Sendable {
        var name: String
        var claims: JSONSlice
    }

    /// By the first eight bytes of the hash. Who chooses keys cannot choose their hashes, so that a search by these tells
    /// nothing that helps to find a key; the rest is compared in constant time.
    private var entries: [UInt64: [(digest: [UInt8], consumer: Int)]] = [:]
    private var consumers: [Consumer] = []

    /// How many keys there are.
    public private(set) var count = 0

    /// Reads a file such as `{"consumers": {"acme": {"keys": ["sha256:…"], "claims": {"plan": "gold"}}}}`. Whatever is wrong
    /// is reported.
    ///
    /// - Returns: nil when there was an error.
    public static func read(_ file: SourceFile, diagnostics: DiagnosticList) -> ConsumerKeys? {
        let errorsBefore = diagnostics.errorCount
        var keys = ConsumerKeys()
        guard let root = diagnostics.parse(file)?.root,
            let reader = ObjectReader(root, in: file, role: "a file of keys", known: fileKeys, diagnostics: diagnostics)
        else { return nil }
        guard let consumers = reader.map("consumers") else {
            if reader["consumers"] == nil { reader.missing("consumers") }
            return nil
        }
        for member in consumers.members {
            keys.add(member.name, member.value, in: file, diagnostics)
        }
        return diagnostics.errorCount == errorsBefore ? keys : nil
    }

    private mutating func add(_ name: String, _ slice: JSONSlice, in file: SourceFile, _ diagnostics: DiagnosticList) {
        guard
            let reader = ObjectReader(
                slice,
                in: file,
                role: "the consumer '\(name)'",
                known: Self.consumerKeys,
                diagnostics: diagnostics
            )
        else { return }
        if let claims = reader["claims"], claims.kind != .object {
            let _: Void? = reader.mismatch("claims", claims, wanted: "an object")
        }
        guard let list = reader["keys"] else { return reader.missing("keys") }
        guard list.kind == .array else { return reader.mismatch("keys", list, wanted: "a list of hashes") ?? () }
        consumers.append(Consumer(name: name, claims: reader["claims"] ?? Self.noClaims))
        for element in list.elements {
            guard let text = element.string, let digest = Self.digest(parsing: text) else {
                // Perhaps a key in plain text: not to be repeated.
                diagnostics.error(
                    "a key of '\(name)' is no hash",
                    in: SourceFile(path: file.path, bytes: file.bytes, isQuotable: false),
                    at: element,
                    help: "\"sha256:\" and 64 hexadecimal digits, as printf %s KEY | sha256sum prints them"
                )
                continue
            }
            guard consumer(ofDigest: digest) == nil else {
                diagnostics.error("this hash stands twice", in: file, at: element, help: "a key has one consumer")
                continue
            }
            entries[Self.prefix(digest), default: []].append((digest, consumers.count - 1))
            count += 1
        }
    }

    /// The consumer that a key belongs to.
    func consumer(of key: String) -> Consumer? {
        consumer(ofDigest: Array(SHA256.hash(data: Array(key.utf8))))
    }

    private func consumer(ofDigest digest: [UInt8]) -> Consumer? {
        var found: Consumer?
        for entry in entries[Self.prefix(digest)] ?? [] where Self.areEqual(entry.digest, digest) {
            found = consumers[entry.consumer]
        }
        return found
    }

    /// Compares all bytes, whatever the first ones say.
    static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func prefix(_ digest: [UInt8]) -> UInt64 {
        digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func digest(parsing text: String) -> [UInt8]? {
        let name = "sha256:"
        guard text.hasPrefix(name), text.utf8.count == name.utf8.count + 64 else { return nil }
        let digits = Array(text.utf8.dropFirst(name.utf8.count))
        var digest: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.digit(digits[place]), let low = Self.digit(digits[place + 1]) else { return nil }
            digest.append(high << 4 | low)
        }
        return digest
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    static let noClaims: JSONSlice = {
        // Valid by its writing.
        guard let document = try? JSONDocument(parsing: "{}") else { fatalError("an empty object is JSON") }
        return document.root
    }()
}
