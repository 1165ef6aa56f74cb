import CXXHash

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Backends that share requests by weight.
///
/// Which of them takes a request is decided by weighted rendezvous hashing (Thaler and Ravishankar, "Using name-based
/// mappings to increase hit rates", 1998; weights by the logarithmic method of Schindelhauer and Schomaker, 2005): the same
/// key has the same side on every node and after every restart, and when weights change, only so many keys change sides
/// as the weights say.
struct Split: Sendable {
    struct Side: Hashable, Sendable {
        let backend: String
        /// From 0 on; 0 gets no request.
        let weight: Int
    }

    /// In the order of the file; two or more, one with a weight at the least.
    let sides: [Side]
    /// What the requests of one user have in common; nil, or null for a request: each goes by chance.
    let sticky: TextTemplate?

    var slots: [Int] { sticky?.slots ?? [] }

    /// Of all weights together.
    var total: Int { sides.reduce(0) { $0 + $1.weight } }

    /// The one with the most weight: where requests go that have no key and take no chance.
    var heaviest: Int { sides.indices.max { sides[$0].weight < sides[$1].weight } ?? 0 }

    /// The place of the side that takes a request.
    ///
    /// - Parameter chance: what is drawn for the request; nil: nothing is left to chance.
    func side(chance: UInt64?, in scope: borrowing RenderScope) throws(RenderFailure) -> Int {
        if let key = try sticky?.text(in: scope) { return side(of: Array(key.utf8)) }
        guard let chance else { return heaviest }
        return side(of: withUnsafeBytes(of: chance.littleEndian) { Array($0) })
    }

    /// The side of a key: that with the least -ln(u) / weight, u being the key's hash with the backend's name as a number
    /// between 0 and 1.
    func side(of key: [UInt8]) -> Int {
        var best = (side: heaviest, score: Double.infinity)
        for (index, side) in sides.enumerated() where side.weight > 0 {
            // Lengths first, so that no key and name read as another pair.
            let text =
                withUnsafeBytes(of: UInt64(key.count).littleEndian) { Array($0) } + key + Array(side.backend.utf8)
            let hash = text.withUnsafeBytes { medley_xxh3_128($0.baseAddress, $0.count) }.low
            // The 53 bits that a Double holds, never 0 and never 1.
            let unit = (Double(hash >> 11) + 0.5) / 9_007_199_254_740_992
            let score = -log(unit) / Double(side.weight)
            if score < best.score { best = (index, score) }
        }
        return best.side
    }
}
