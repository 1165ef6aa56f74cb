import Composition
import CurlTransport
import Logging
import ResponseCache
import Synchronization

/// What stays when endpoints are loaded anew: the loops that work, what is kept, and whether requests are wanted.
///
/// Safe from any thread.
final class Workshop: Sendable {
    /// A loop, and the replies that it has ready for the front.
    struct Worker: Sendable {
        let loop: CurlLoop
        let outbox: ReplyOutbox
    }

    let health = Health()
    let cache: ResponseCache
    let replies: ReplyCache
    let limitBook = LimitBook()
    /// Whether what is left to chance is drawn, and copies are sent; otherwise a request goes the likeliest way alone.
    let takesChances: Bool
    let logger: Logger
    let sight: Sight
    let counts: EventCounts
    private let workers: [Worker]
    /// Of the endpoints that are served, and of those that are served no more but still have requests.
    private let running = Mutex<[RunningCompositions]>([])
    private let nextWorker = Atomic<Int>(0)

    init(
        transport: CurlTransport,
        cache: ResponseCache,
        logger: Logger,
        sight: Sight = Sight(),
        counts: EventCounts = EventCounts(metrics: LibraryMetrics()),
        takesChances: Bool = true
    ) {
        workers = transport.loops.map { loop in
            let outbox = ReplyOutbox()
            loop.onTurnEnd { outbox.flush() }
            return Worker(loop: loop, outbox: outbox)
        }
        self.cache = cache
        replies = ReplyCache(cache: cache)
        self.logger = logger
        self.sight = sight
        self.counts = counts
        self.takesChances = takesChances
    }

    /// Takes note of what counts the requests of endpoints that are served from now on.
    func count(_ new: RunningCompositions) {
        running.withLock { running in
            running.removeAll(where: \.isOver)
            running.append(new)
        }
    }

    /// Requests that are being answered, and copies of some for mirrors.
    var requestsInFlight: Int { running.withLock { $0.reduce(0) { $0 + $1.number } } }

    /// What is drawn for a request that leaves something to chance.
    func chance(_ isWanted: Bool) -> UInt64? {
        isWanted && takesChances ? .random(in: .min ... .max) : nil
    }

    /// The worker for the next request: each in turn.
    func takeWorker() -> Worker {
        let number = nextWorker.wrappingAdd(1, ordering: .relaxed).oldValue
        return workers[Int(UInt(bitPattern: number) % UInt(workers.count))]
    }
}
