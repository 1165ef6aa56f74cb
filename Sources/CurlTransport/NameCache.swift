/// A loop's addresses: which names are known, which are being looked up, and who waits. Pure; the clock is a parameter.
///
/// Names get small numbers that stay theirs. There are as many as operators' settings name, so none is ever forgotten.
struct NameCache {
    /// What a transfer that needs this name has to do.
    enum Verdict: Hashable {
        /// Go. `resolve` is for `CURLOPT_RESOLVE` while libcurl may not have it yet; `refresh`: also start a look-up.
        case ready(resolve: String?, refresh: Bool)
        /// Wait for `answer`; `start`: by a look-up to be started now.
        case wait(start: Bool)
        case failed(detail: String)
    }

    private struct Entry {
        let host: String
        let port: Int
        var line: String?
        /// libcurl has been seen to connect since `line` was made: it stands in the multi handle's own cache.
        var isConfirmed = false
        var failure: String?
        var answeredAt: UInt64 = 0
        var isPending = false
        var waiters: [Int] = []
    }

    private let freshness: UInt64
    private let staleness: UInt64
    private let failureLifetime: UInt64
    private var entries: [Entry] = []
    private var indices: [String: Int] = [:]

    init(options: ResolverOptions) {
        freshness = options.freshness.boundedNanoseconds
        staleness = options.staleness.boundedNanoseconds
        failureLifetime = options.failureLifetime.boundedNanoseconds
    }

    /// The number of a name and port, the same each time.
    mutating func index(host: String, port: Int) -> Int {
        let key = "\(host):\(port)"
        if let index = indices[key] { return index }
        indices[key] = entries.count
        entries.append(Entry(host: host, port: port))
        return entries.count - 1
    }

    func host(_ index: Int) -> String { entries[index].host }

    /// A transfer, `waiter`, is about to start. On `.wait` it stands among the name's waiters.
    mutating func ask(_ index: Int, waiter: Int, now: UInt64) -> Verdict {
        let age = now &- entries[index].answeredAt
        if let line = entries[index].line, age < staleness {
            let refresh = age >= freshness && !entries[index].isPending
            if refresh { entries[index].isPending = true }
            return .ready(resolve: entries[index].isConfirmed ? nil : line, refresh: refresh)
        }
        if let failure = entries[index].failure, age < failureLifetime { return .failed(detail: failure) }
        let start = !entries[index].isPending
        entries[index].isPending = true
        entries[index].waiters.append(waiter)
        return .wait(start: start)
    }

    /// A waiter's time is over, or it was cancelled.
    mutating func withdraw(_ index: Int, waiter: Int) {
        entries[index].waiters.removeAll { $0 == waiter }
    }

    /// The look-up has ended; returns those who waited, in the order they came, each of whom asks again.
    mutating func answer(_ index: Int, _ answer: ResolverOptions.Answer, now: UInt64) -> [Int] {
        entries[index].isPending = false
        switch answer {
        case .addresses(let addresses) where !addresses.isEmpty:
            let line = Self.line(host: entries[index].host, port: entries[index].port, addresses: addresses)
            if line != entries[index].line { entries[index].isConfirmed = false }
            entries[index].line = line
            entries[index].failure = nil
            entries[index].answeredAt = now
        case .addresses:
            fail(index, "\(entries[index].host): no address", now: now)
        case .failure(let detail):
            fail(index, detail, now: now)
        }
        let waiters = entries[index].waiters
        entries[index].waiters.removeAll()
        return waiters
    }

    /// A transfer that carried `resolve` has connected.
    mutating func confirm(_ index: Int, resolve: String) {
        if entries[index].line == resolve { entries[index].isConfirmed = true }
    }

    private mutating func fail(_ index: Int, _ detail: String, now: UInt64) {
        // An answer that is not too old outlives the failure to get a newer one.
        if entries[index].line != nil, now &- entries[index].answeredAt < staleness { return }
        entries[index].line = nil
        entries[index].failure = detail
        entries[index].answeredAt = now
    }

    /// `host:port:address,address`: replaces what libcurl has, and, without a leading `+`, is never dropped by it, so that
    /// libcurl does not start a look-up of its own.
    private static func line(host: String, port: Int, addresses: [String]) -> String {
        let list = addresses.map { $0.utf8.contains(0x3A) ? "[\($0)]" : $0 }.joined(separator: ",")
        return "\(host):\(port):\(list)"
    }
}
