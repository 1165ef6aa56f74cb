public import CurlTransport
import Synchronization

/// The keys at a JSON Web Key Set's URL: fetched when they are first needed, kept, and fetched anew when they are old or
/// a token names one that is not among them. Safe from any thread.
///
/// Keys that could not be fetched anew stay in use: an identity provider that is down for an hour locks nobody out. A
/// key that it has taken back is forgotten with the next fetch that succeeds.
public final class RemoteKeys: Sendable {
    /// When to ask the provider, and how often at the most.
    public struct Pace: Hashable, Sendable {
        /// Seconds after which keys are fetched anew.
        public var refresh: Double = 600
        /// Least seconds between two fetches, whatever tokens name.
        public var least: Double = 10

        public init() {}
    }

    /// What is known now.
    struct Known: Sendable {
        var keys: VerificationKeys?
        /// Counts the changes, so that what was verified before can be forgotten.
        var version = 0
        var fetched: Double?
        var tried: Double?
        var failure: String?
    }

    private struct State {
        var known = Known()
        var isFetching = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    public let url: String
    private let algorithms: [TokenAlgorithm]
    private let pace: Pace
    private let timeout: Duration
    private let backend: @Sendable () -> Backend?
    private let report: @Sendable (String) -> Void
    private let state = Mutex(State())
    /// Called after the keys have changed.
    private let changed: @Sendable () -> Void

    /// - Parameters:
    ///   - backend: of the transport whose loops will fetch.
    ///   - report: for the operator's log.
    public init(
        url: String,
        algorithms: [TokenAlgorithm],
        pace: Pace,
        timeout: Duration,
        backend: @escaping @Sendable () -> Backend?,
        changed: @escaping @Sendable () -> Void,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.url = url
        self.algorithms = algorithms
        self.pace = pace
        self.timeout = timeout
        self.backend = backend
        self.changed = changed
        self.report = report
    }

    var keys: VerificationKeys? { state.withLock { $0.known.keys } }

    /// Whether a fetch would be made now. Pure. A time that lies ahead is that of a clock that was set back.
    static func mayFetch(_ known: Known, _ pace: Pace, isKeyMissing: Bool, now: Double) -> Bool {
        if let tried = known.tried, tried <= now, now - tried < pace.least { return false }
        guard known.keys != nil, let fetched = known.fetched else { return true }
        return isKeyMissing || now < fetched || now - fetched >= pace.refresh
    }

    /// Whether it is time to fetch the keys anew, and nobody does.
    func isDue(now: Double, isKeyMissing: Bool) -> Bool {
        state.withLock { state in
            if state.isFetching { return isKeyMissing || state.known.keys == nil }
            return Self.mayFetch(state.known, pace, isKeyMissing: isKeyMissing, now: now)
        }
    }

    /// Fetches the keys, or waits for the fetch that is under way.
    func refresh(on loop: CurlLoop, now: Double, isKeyMissing: Bool) async {
        let isMine: Bool? = state.withLock { state in
            if state.isFetching { return false }
            guard Self.mayFetch(state.known, pace, isKeyMissing: isKeyMissing, now: now) else { return nil }
            state.isFetching = true
            state.known.tried = now
            return true
        }
        switch isMine {
        case nil: return
        case false?:
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.isFetching else { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        case true?:
            await take(fetch(on: loop), now: now)
        }
    }

    private func fetch(on loop: CurlLoop) async -> Result<VerificationKeys, VerificationKeys.Failure> {
        guard let backend = backend() else { return .failure(.init(description: "the gateway is stopping")) }
        var request = TransportRequest(
            backend: backend,
            url: url,
            headers: [HeaderField(name: "Accept", value: "application/jwk-set+json, application/json")],
            timeout: timeout
        )
        // Others wait for it.
        request.ignoresCancellation = true
        do throws(TransportError) {
            let response = try await loop.perform(request)
            guard response.status == 200 else {
                return .failure(.init(description: "the answer has status \(response.status)"))
            }
            do throws(VerificationKeys.Failure) {
                // A provider that has taken all of its keys back has answered; one that never had any is of no use.
                let hadKeys = keys != nil
                return .success(try await VerificationKeys(set: response.body, for: algorithms, mayBeEmpty: hadKeys))
            } catch {
                return .failure(error)
            }
        } catch {
            return .failure(.init(description: "\(error)"))
        }
    }

    private func take(_ result: Result<VerificationKeys, VerificationKeys.Failure>, now: Double) async {
        let waiters = state.withLock { state in
            state.isFetching = false
            switch result {
            case .success(let keys):
                state.known.keys = keys
                state.known.version += 1
                state.known.fetched = now
                state.known.failure = nil
            case .failure(let failure):
                state.known.failure = failure.description
            }
            defer { state.waiters = [] }
            return state.waiters
        }
        switch result {
        case .success(let keys):
            changed()
            for note in keys.notes {
                report(
                    keys.isEmpty
                        ? "the keys at \(url) have been taken back, and no token is accepted: \(note)"
                        : "of the keys at \(url), \(note)"
                )
            }
        case .failure(let failure):
            report("the keys at \(url) cannot be fetched: \(failure.description)")
        }
        for waiter in waiters { waiter.resume() }
    }
}
