/// A share of a proxy's requests goes to another backend as well, whose answers nobody gets.
struct Mirror: Sendable {
    static let keys = ["backend", "percent", "unsafe", "maxConcurrency"]

    let backend: String
    /// Of the requests, more than 0 and up to 100.
    let percent: Double
    /// Whether requests are copied that may change something.
    let copiesUnsafe: Bool
    /// Copies that are under way at a time; what comes beyond is not copied.
    let maxConcurrency: Int

    /// Whether a request is copied.
    ///
    /// - Parameter chance: what is drawn for the request; nil: nothing is left to chance.
    func takes(method: String, chance: UInt64?) -> Bool {
        guard copiesUnsafe || !Call.isUnsafe(method: method) else { return false }
        guard percent < 100 else { return true }
        guard let chance else { return false }
        // Other bits than those that a split goes by: Stafford's mixer, as in SplitMix64.
        var bits = chance &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Double(bits >> 11) / 9_007_199_254_740_992 * 100 < percent
    }

    /// `10`, `0.5`
    var share: String { percent == percent.rounded() ? String(Int(percent)) : String(percent) }

    /// `a copy of 10 % to shadow`
    var sketch: String {
        let which = copiesUnsafe ? "every method" : "what changes nothing"
        return percent == 100
            ? "a copy to \(backend), of \(which)" : "a copy of \(share) % to \(backend), of \(which)"
    }
}
