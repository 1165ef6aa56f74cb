@testable import CurlTransport

/// Collects what threads report, and lets a test wait until there is enough of it.
final class Recorder<Element: Sendable>: @unchecked Sendable {
    // Both members are read and written under `lock` alone.
    private let lock = Lock()
    private var elements: [Element] = []
    private var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    var all: [Element] { lock.withLock { elements } }
    var count: Int { lock.withLock { elements.count } }

    func append(_ element: Element) {
        let ready = lock.withLock { () -> [CheckedContinuation<Void, Never>] in
            elements.append(element)
            lock.signal(all: true)
            let ready = waiters.filter { $0.count <= elements.count }.map(\.continuation)
            waiters.removeAll { $0.count <= elements.count }
            return ready
        }
        for continuation in ready { continuation.resume() }
    }

    /// Suspends until there are `count` elements.
    func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let isReady = lock.withLock { () -> Bool in
                if elements.count >= count { return true }
                waiters.append((count, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    /// Blocks the thread until there are `count` elements: for servers' threads.
    func block(until count: Int) {
        lock.withLock {
            while elements.count < count { lock.wait() }
        }
    }
}
