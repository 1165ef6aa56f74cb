import JSONSlices
import Synchronization

/// Tokens whose signatures have been verified, so that each is verified once and not for every request.
///
/// Bounded: two generations of half the capacity; when the young one is full it becomes the old one, whose tokens survive
/// if they are seen again. Their times are checked for each request all the same. Safe from any thread.
final class VerifiedTokens: Sendable {
    private struct Generations {
        var young: [String: JSONSlice] = [:]
        var old: [String: JSONSlice] = [:]
        var epoch = 0
    }

    private let generations = Mutex(Generations())
    private let halfCapacity: Int

    /// - Parameter capacity: the most tokens that are kept; 0 for none.
    init(capacity: Int) {
        halfCapacity = capacity / 2
    }

    /// The claims of a token that was verified before, byte for byte the same.
    subscript(token: String) -> JSONSlice? {
        generations.withLock { generations in
            if let claims = generations.young[token] { return claims }
            guard let claims = generations.old.removeValue(forKey: token) else { return nil }
            insert(token, claims, into: &generations)
            return claims
        }
    }

    /// Counts the changes of keys.
    var epoch: Int { generations.withLock { $0.epoch } }

    /// - Parameter epoch: as it was before the token was verified: one whose key has gone meanwhile is not kept.
    func insert(_ token: String, claims: JSONSlice, epoch: Int) {
        generations.withLock { generations in
            guard generations.epoch == epoch else { return }
            insert(token, claims, into: &generations)
        }
    }

    private func insert(_ token: String, _ claims: JSONSlice, into generations: inout Generations) {
        guard halfCapacity > 0 else { return }
        if generations.young.count >= halfCapacity {
            generations.old = generations.young
            generations.young = [:]
        }
        generations.young[token] = claims
    }

    /// Forgets all, since the keys have changed.
    func removeAll() {
        generations.withLock { $0 = Generations(epoch: $0.epoch + 1) }
    }
}
