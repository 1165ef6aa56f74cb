/// What makes two requests ask for the same thing: bytes that say all of it. Compared byte by byte: no hash decides
/// whose response somebody gets.
public struct CacheKey: Hashable, Sendable {
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    public static func == (one: CacheKey, other: CacheKey) -> Bool { one.bytes == other.bytes }

    /// Seeded by the process, so that no client can choose keys that collide.
    public func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}
