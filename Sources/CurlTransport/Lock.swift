#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A mutex with a condition, for the few places where threads meet: inboxes, the resolver, stored responses.
///
/// Not `Synchronization.Mutex`: the thread sanitizer does not understand that one on Linux and reports races that are
/// none. Held for a few instructions only; no task is ever resumed or started under it.
package final class Lock: @unchecked Sendable {
    // Both are allocated for the object's life and used through the pthread functions alone, which any thread may call.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    @inline(__always)
    package func withLock<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// For other modules, which `withLock` would cost a closure and a generic result. Each is followed by one `unlock`.
    package func lock() { pthread_mutex_lock(mutex) }
    package func unlock() { pthread_mutex_unlock(mutex) }

    /// Waits for `signal`, the lock given up meanwhile. Only under `withLock`; may also return without a reason.
    func wait() {
        pthread_cond_wait(condition, mutex)
    }

    /// Wakes one waiter, or all.
    func signal(all: Bool = false) {
        if all { pthread_cond_broadcast(condition) } else { pthread_cond_signal(condition) }
    }
}
