/// An order to forget responses, and its place among such orders.
public struct Purge: Hashable, Sendable {
    public enum Target: Hashable, Sendable {
        /// The responses of exactly this URL.
        case url(String)
        /// The responses whose URL's text begins like this: `https://a/b` is for `https://a/b`, `https://a/b?x`,
        /// `https://a/b/c` and `https://a/bc` alike. With a `/` at its end it is for what is below a path.
        case prefix(String)
        /// The responses that have this tag.
        case tag(String)
        case all
    }

    /// See `PurgeGeneration`.
    public let generation: UInt64
    public let target: Target

    public init(generation: UInt64, target: Target) {
        self.generation = generation
        self.target = target
    }
}

extension Purge.Target {
    public func matches(url: String, tags: [String]) -> Bool {
        switch self {
        case .url(let text): text == url
        case .prefix(let text): url.utf8.starts(with: text.utf8)
        case .tag(let tag): tags.contains(tag)
        case .all: true
        }
    }
}

/// The number of a purge: its place in an epoch of the counter that gives the numbers.
///
/// A counter that nodes share may lose its memory and begin anew. Then it has another epoch, any number that was not used
/// before, and numbers of unlike epochs say nothing about each other. In one `UInt64` the epoch is the upper half.
public struct PurgeGeneration: Hashable, Sendable {
    public var epoch: UInt32
    public var count: UInt32

    public init(epoch: UInt32, count: UInt32) {
        self.epoch = epoch
        self.count = count
    }

    public init(_ number: UInt64) {
        epoch = UInt32(truncatingIfNeeded: number >> 32)
        count = UInt32(truncatingIfNeeded: number)
    }

    public var number: UInt64 { UInt64(epoch) << 32 | UInt64(count) }

    /// Whether what was checked up to one number need not be checked when the newest purge has another.
    @inline(__always)
    static func isCurrent(_ checked: UInt64, at newest: UInt64) -> Bool {
        checked >= newest && (checked ^ newest) >> 32 == 0
    }
}
