#if os(Linux)
import CCurl
import Glibc

/// Waits for sockets: all there is of epoll. Level-triggered. Owned and used by one loop.
///
/// A twin for kqueue needs the same five members and a `WakeUp`.
final class Poller {
    /// What is wanted of a descriptor, or has happened to it.
    struct Interest: OptionSet, Hashable {
        let rawValue: UInt8
        static let read = Interest(rawValue: 1)
        static let write = Interest(rawValue: 2)
    }

    private let epoll: CInt
    private let wakeUp: WakeUp
    private var events: [epoll_event]

    init(wakeUp: WakeUp) throws(TransportError) {
        epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw .failure(code: Int(errno), detail: "epoll_create1 failed") }
        self.wakeUp = wakeUp
        events = Array(repeating: epoll_event(), count: 256)
        guard add(wakeUp.descriptor, .read) else {
            close(epoll)
            throw .failure(code: Int(errno), detail: "epoll_ctl failed")
        }
    }

    deinit {
        close(epoll)
    }

    /// Starts to watch a descriptor. False when the system refuses.
    func add(_ descriptor: CInt, _ interest: Interest) -> Bool {
        control(EPOLL_CTL_ADD, descriptor, interest)
    }

    /// Changes what is wanted of a watched descriptor.
    func modify(_ descriptor: CInt, _ interest: Interest) -> Bool {
        control(EPOLL_CTL_MOD, descriptor, interest)
    }

    /// Stops to watch a descriptor; one that is closed already is no error.
    func remove(_ descriptor: CInt) {
        _ = control(EPOLL_CTL_DEL, descriptor, [])
    }

    /// Waits up to `milliseconds` (−1: for ever) and reports each descriptor that is ready. A wake-up is swallowed.
    func wait(milliseconds: CInt, _ report: (CInt, Interest) -> Void) {
        let count = events.withUnsafeMutableBufferPointer {
            epoll_wait(epoll, $0.baseAddress, CInt($0.count), milliseconds)
        }
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let event = events[index]
            let descriptor = event.data.fd
            if descriptor == wakeUp.descriptor {
                wakeUp.clear()
            } else {
                report(descriptor, Self.interest(event.events))
            }
        }
        // A full buffer means that there is more; the next call gets it, and more of it at once.
        if count == events.count && count < 4096 {
            events.append(contentsOf: repeatElement(epoll_event(), count: events.count))
        }
    }

    private func control(_ operation: CInt, _ descriptor: CInt, _ interest: Interest) -> Bool {
        var event = epoll_event()
        if interest.contains(.read) { event.events |= EPOLLIN.rawValue }
        if interest.contains(.write) { event.events |= EPOLLOUT.rawValue }
        event.data.fd = descriptor
        return epoll_ctl(epoll, operation, descriptor, &event) == 0
    }

    /// An error or a hang-up counts as readable and writable: libcurl finds out by reading. Told of an error alone it
    /// would fail at once with `CURLE_SEND_ERROR` and say nothing of the cause.
    private static func interest(_ events: UInt32) -> Interest {
        var interest: Interest = []
        if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 { interest.insert(.read) }
        if events & EPOLLOUT.rawValue != 0 { interest.insert(.write) }
        if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { interest.formUnion([.read, .write]) }
        return interest
    }
}

/// Ends the sleep of a `Poller` from any thread: an eventfd.
final class WakeUp: Sendable {
    let descriptor: CInt

    init() throws(TransportError) {
        descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw .failure(code: Int(errno), detail: "eventfd failed") }
    }

    deinit {
        close(descriptor)
    }

    func signal() {
        _ = eventfd_write(descriptor, 1)
    }

    func clear() {
        var value: eventfd_t = 0
        _ = eventfd_read(descriptor, &value)
    }
}
#endif
