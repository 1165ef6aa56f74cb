import CurlTransport

/// The tasks that fetch for the cache. They belong to it: its shutdown waits for them.
///
/// `@unchecked Sendable`: read and written under `lock` alone.
final class CacheTasks: @unchecked Sendable {
    private let lock = Lock()
    private var tasks: [Int: Task<Void, Never>] = [:]
    private var ended: Set<Int> = []
    private var next = 0

    func start(on loop: CurlLoop, _ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        let number = lock.withLock { () -> Int in
            defer { next += 1 }
            return next
        }
        let task = Task(executorPreference: loop) {
            await body()
            self.end(number)
        }
        lock.withLock {
            // It may have ended on its loop before it is known here.
            if ended.remove(number) == nil { tasks[number] = task }
        }
        return task
    }

    private func end(_ number: Int) {
        lock.withLock { if tasks.removeValue(forKey: number) == nil { ended.insert(number) } }
    }

    /// Waits for all that run; what runs after the limit is cancelled, and waited for.
    func finish(within limit: Duration) async {
        let running = lock.withLock { Array(tasks.values) }
        guard !running.isEmpty else { return }
        await withTaskGroup { group in
            group.addTask {
                for task in running { await task.value }
            }
            group.addTask {
                try? await Task.sleep(for: limit)
            }
            await group.next()
            for task in running { task.cancel() }
            group.cancelAll()
        }
    }
}
