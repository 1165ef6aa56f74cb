import CCurl

/// Threads of low priority for work that would hold up a loop: reading and reshaping bodies of megabytes.
///
/// A task that has such work prefers this executor while it does it, and is back on its loop afterwards. Two hops are
/// nothing beside milliseconds of work. The threads are nice (+10), so that even on one core the loops' threads, which
/// small requests wait for, go first.
///
/// `@unchecked Sendable`: `jobs` and `isClosed` are read and written under `lock` alone.
public final class BulkExecutor: TaskExecutor, @unchecked Sendable {
    private let lock = Lock()
    private var jobs: [UnownedJob] = []
    private var isClosed = false
    private var lives: [LoopLife] = []

    /// Starts the threads. They keep the executor alive until `stop`.
    init(threads: Int) throws(TransportError) {
        for index in 0..<threads {
            let life = LoopLife()
            do throws(TransportError) {
                try life.begin(name: "medley-bulk-\(index)") { self.run() }
            } catch {
                requestStop()
                throw error
            }
            lives.append(life)
        }
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isAccepted = lock.withLock { () -> Bool in
            guard !isClosed else { return false }
            jobs.append(job)
            lock.signal()
            return true
        }
        // Whatever is left to do after the end is done elsewhere.
        if !isAccepted { globalConcurrentExecutor.enqueue(job) }
    }

    public func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }

    /// Does what is queued, ends the threads and joins them.
    func stop() async {
        requestStop()
        for life in lives { await life.end() }
    }

    func requestStop() {
        lock.withLock {
            isClosed = true
            lock.signal(all: true)
        }
    }

    private func run() {
        medley_lower_priority()
        let executor = asUnownedTaskExecutor()
        while let job = next() { job.runSynchronously(on: executor) }
    }

    /// Waits for a job; nil at the end.
    private func next() -> UnownedJob? {
        lock.withLock {
            while jobs.isEmpty && !isClosed { lock.wait() }
            return jobs.isEmpty ? nil : jobs.removeFirst()
        }
    }
}
