import Foundation

/// Collects what threads report, and lets a test wait until it is there.
final class EventLog<Element: Sendable>: @unchecked Sendable {
    // All members are read and written under `lock` alone.
    private let lock = NSCondition()
    private var elements: [Element] = []
    private var waiters: [(isMet: ([Element]) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []

    var all: [Element] { lock.withLock { elements } }
    var count: Int { lock.withLock { elements.count } }

    func append(_ element: Element) {
        let ready = lock.withLock { () -> [CheckedContinuation<Void, Never>] in
            elements.append(element)
            lock.broadcast()
            let ready = waiters.filter { $0.isMet(elements) }
            waiters.removeAll { $0.isMet(elements) }
            return ready.map(\.continuation)
        }
        for continuation in ready { continuation.resume() }
    }

    /// Suspends until what has been reported is enough.
    func wait(until isMet: @escaping @Sendable ([Element]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isReady = lock.withLock { () -> Bool in
                if isMet(elements) { return true }
                waiters.append((isMet, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    func wait(for count: Int) async {
        await wait { $0.count >= count }
    }

    /// Blocks the thread: for servers' threads.
    func block(until count: Int) {
        lock.withLock {
            while elements.count < count { lock.wait() }
        }
    }
}
