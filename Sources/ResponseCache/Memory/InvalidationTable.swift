import CurlTransport
import Synchronization

/// Which URLs unsafe requests have changed, and when last: what was asked for before is not served any more.
///
/// A fixed number of places chosen by the URL's hash. Two URLs may share one: then one of them is asked for anew without
/// need. So a flood of unsafe requests costs no memory.
///
/// `@unchecked Sendable`: `times` is read and written under `lock` alone.
final class InvalidationTable: @unchecked Sendable {
    private static let places = 1 << 14

    private let lock = Lock()
    private var times = [Int64](repeating: .min, count: InvalidationTable.places)
    /// Most caches never see an unsafe request.
    private let isUsed = Atomic<Bool>(false)

    func insert(url: String, at now: WallTime) {
        isUsed.store(true, ordering: .releasing)
        lock.withLock { times[Self.place(of: url)] = now.milliseconds }
    }

    /// Whether its URL was changed since the response was asked for.
    func covers(_ response: StoredResponse) -> Bool {
        guard isUsed.load(ordering: .acquiring) else { return false }
        return lock.withLock { times[Self.place(of: response.url)] } >= response.lifetime.requestTime.milliseconds
    }

    private static func place(of url: String) -> Int {
        var hasher = Hasher()
        hasher.combine(url)
        return hasher.finalize() & (places - 1)
    }
}

/// Keys whose responses cannot be shared, for a while: requests for them do not wait for each other.
///
/// `@unchecked Sendable`: `places` is read and written under `lock` alone.
final class PassTable: @unchecked Sendable {
    private static let count = 1 << 12

    private let lock = Lock()
    private var places = [(hash: Int, until: Int64)](repeating: (0, .min), count: PassTable.count)

    func insert(_ key: CacheKey, until: WallTime) {
        let hash = key.hashValue
        lock.withLock { places[hash & (Self.count - 1)] = (hash, until.milliseconds) }
    }

    func contains(_ key: CacheKey, at now: WallTime) -> Bool {
        let hash = key.hashValue
        let place = lock.withLock { places[hash & (Self.count - 1)] }
        return place.hash == hash && place.until > now.milliseconds
    }
}
