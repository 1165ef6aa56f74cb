import CurlTransport

/// Single flight: of several who want the same at the same time, one causes it to be made and all get it.
///
/// Whoever makes it does so in a task of its own, so that no one of those who wait has a hold on it: each may leave, and
/// when the last has left the task is cancelled. Safe from any thread; a lock is held for a few instructions.
public final class Flights<Value: Sendable>: Sendable {
    /// One who waits.
    public struct Ticket: Sendable {
        fileprivate let flight: Flight<Value>
        fileprivate let number: Int
        /// Whether the flight began for this one.
        public let isFirst: Bool
    }

    private let table = Table<Value>()

    public init() {}

    /// Waits for what is under way for a key, or begins it.
    ///
    /// - Parameters:
    ///   - onEnd: called once, on whatever thread the value was made, unless `leave` was first.
    ///   - make: starts a task, whose last act is to call the closure that it is given.
    public func join(
        _ key: CacheKey,
        onEnd: @escaping @Sendable (Value) -> Void,
        make: (_ end: @escaping @Sendable (Value) -> Void) -> Task<Void, Never>
    ) -> Ticket {
        let (flight, number, isFirst) = table.lock.withLock { () -> (Flight<Value>, Int, Bool) in
            if let flight = table.flights[key] { return (flight, flight.add(onEnd), false) }
            let flight = Flight<Value>(key: key)
            table.flights[key] = flight
            return (flight, flight.add(onEnd), true)
        }
        if isFirst {
            let table = table
            let task = make { value in
                for waiter in table.end(flight) { waiter(value) }
            }
            table.lock.withLock { flight.task = task }
            // Everybody may have left before there was a task to cancel.
            if table.lock.withLock({ flight.isAbandoned }) { task.cancel() }
        }
        return Ticket(flight: flight, number: number, isFirst: isFirst)
    }

    /// Begins what nobody waits for, unless it is under way.
    public func begin(_ key: CacheKey, make: (_ end: @escaping @Sendable (Value) -> Void) -> Task<Void, Never>) {
        guard !table.lock.withLock({ table.flights[key] != nil }) else { return }
        // One that has begun in between is joined by this one waiter.
        _ = join(key, onEnd: { _ in }, make: make)
    }

    /// Waits no longer. After the end it is no error.
    public func leave(_ ticket: Ticket) {
        let task = table.lock.withLock { () -> Task<Void, Never>? in
            let flight = ticket.flight
            flight.waiters[ticket.number] = nil
            guard flight.waiters.isEmpty, !flight.hasEnded else { return nil }
            // Who comes now is not to wait for what is being broken off.
            flight.isAbandoned = true
            if table.flights[flight.key] === flight { table.flights[flight.key] = nil }
            return flight.task
        }
        task?.cancel()
    }

    /// How many are under way.
    public var count: Int { table.lock.withLock { table.flights.count } }
}

/// `@unchecked Sendable`: read and written under `lock` alone, and so are the flights in it.
private final class Table<Value: Sendable>: @unchecked Sendable {
    let lock = Lock()
    var flights: [CacheKey: Flight<Value>] = [:]

    func end(_ flight: Flight<Value>) -> [@Sendable (Value) -> Void] {
        lock.withLock {
            flight.hasEnded = true
            flight.task = nil
            if flights[flight.key] === flight { flights[flight.key] = nil }
            defer { flight.waiters = [:] }
            return flight.waiters.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}

/// `@unchecked Sendable`: read and written under its table's lock alone.
private final class Flight<Value: Sendable>: @unchecked Sendable {
    let key: CacheKey
    var waiters: [Int: @Sendable (Value) -> Void] = [:]
    var task: Task<Void, Never>?
    var hasEnded = false
    var isAbandoned = false
    private var next = 0

    init(key: CacheKey) {
        self.key = key
    }

    func add(_ waiter: @escaping @Sendable (Value) -> Void) -> Int {
        defer { next += 1 }
        waiters[next] = waiter
        return next
    }
}
