/// What other threads have for a loop. Locked for a few instructions; the loop is woken only when it sleeps.
final class Inbox: @unchecked Sendable {
    /// One thing to do on the loop.
    enum Message {
        case job(UnownedJob)
        /// The task of the group was cancelled.
        case cancel(TransferGroup)
        case answer(name: Int, ResolverOptions.Answer)
        case onTurnEnd(@Sendable () -> Void)
        case action(@Sendable () -> Void)
        case stop
    }

    // All mutable state below is read and written under `lock` alone.
    private let lock = Lock()
    private var messages: [Message] = []
    private var isSleeping = false
    private var isClosed = false

    private let wakeUp: WakeUp

    init(wakeUp: WakeUp) {
        self.wakeUp = wakeUp
    }

    /// Leaves a message, from any thread. False when the loop has ended and will not read it.
    func post(_ message: Message) -> Bool {
        // The descriptor is written after the lock is given up, so that the loop does not wake only to wait for it;
        // it cannot be closed meanwhile, since the inbox holds it and the poster the inbox.
        let (accepted, wakes) = lock.withLock { () -> (Bool, Bool) in
            if isClosed { return (false, false) }
            messages.append(message)
            let wakes = isSleeping
            isSleeping = false
            return (true, wakes)
        }
        if wakes { wakeUp.signal() }
        return accepted
    }

    /// The loop is about to sleep: true when there is nothing to read; from then on a post wakes it.
    func prepareToSleep() -> Bool {
        lock.withLock {
            isSleeping = messages.isEmpty
            return isSleeping
        }
    }

    /// Moves the messages to `buffer`, which must be empty; the loop is awake.
    func take(into buffer: inout [Message]) {
        lock.withLock {
            isSleeping = false
            swap(&messages, &buffer)
        }
    }

    /// Takes no more messages if there is none left to read.
    ///
    /// - Parameter action: called before the first sender can see that the inbox is closed.
    func closeIfEmpty(then action: () -> Void) -> Bool {
        lock.withLock {
            if messages.isEmpty {
                action()
                isClosed = true
            }
            return isClosed
        }
    }
}
