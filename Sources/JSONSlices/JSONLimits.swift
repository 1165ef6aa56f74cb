/// What a document may be at most, so that a hostile body costs no more than an honest one.
public struct JSONLimits: Hashable, Sendable {
    /// The largest size the index can address: its offsets have 32 bits.
    public static let largestDocument = Int(UInt32.max)

    /// How many arrays and objects may stand inside each other; 0 allows scalars alone.
    public var maxDepth: Int

    /// The size of the document in bytes, whitespace included. More than ``largestDocument`` has no effect.
    public var maxBytes: Int

    public init(maxDepth: Int = 512, maxBytes: Int = JSONLimits.largestDocument) {
        self.maxDepth = maxDepth
        self.maxBytes = maxBytes
    }
}
