import Logging
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Log lines on their way to a file descriptor, so that who logs never waits for a terminal, a pipe or a disk.
///
/// Lines are gathered under a lock held for a copy; a thread of the writer's own writes them, at most once per
/// `gathering` so that a busy gateway spends one system call on many lines. When more than `capacity` bytes wait,
/// because nobody reads at the other end, further lines are dropped, counted, and the count is logged as soon as
/// there is room. Safe from any thread.
final class LogWriter: Sendable {
    private struct Pending {
        var bytes: [UInt8] = []
        var dropped = 0
        var isScheduled = false
    }

    private let descriptor: CInt
    private let capacity: Int
    private let gathering: Duration
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let pending = Mutex(Pending())
    private let isEnding = Atomic(false)

    /// - Parameters:
    ///   - descriptor: stays open for the writer's life; not closed by it.
    ///   - capacity: bytes that may wait, 1 MiB by default.
    ///   - gathering: how long lines are collected before they are written, 10 ms by default.
    init(descriptor: CInt = STDERR_FILENO, capacity: Int = 1 << 20, gathering: Duration = .milliseconds(10)) {
        self.descriptor = descriptor
        self.capacity = capacity
        self.gathering = gathering
        thread.start()
    }

    deinit {
        thread.shutdownGracefully { _ in }
    }

    /// Whether a person may be reading along.
    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Hands a line over, its LF included. Never blocks on the descriptor.
    func write(_ line: [UInt8]) {
        let mustSchedule = pending.withLock { pending in
            guard pending.bytes.count + line.count <= capacity else {
                pending.dropped += 1
                return false
            }
            pending.bytes.append(contentsOf: line)
            defer { pending.isScheduled = true }
            return !pending.isScheduled
        }
        guard mustSchedule else { return }
        thread.submit { _ in
            self.writePending(after: self.gathering)
        }
    }

    /// Returns when everything handed over before has been written, or cannot be: who does not read the log for a second
    /// does not hold up the end of the process, for which this is.
    func flush() async {
        isEnding.store(true, ordering: .relaxed)
        try? await thread.runIfActive { self.writePending(after: .zero) }
    }

    /// On the writer's thread: until nothing is left.
    private func writePending(after delay: Duration) {
        if delay > .zero { usleep(UInt32(clamping: delay.components.attoseconds / 1_000_000_000_000)) }
        while true {
            let (bytes, dropped) = pending.withLock { pending in
                defer {
                    pending.isScheduled = !pending.bytes.isEmpty
                    pending.bytes = []
                    pending.dropped = 0
                }
                return (pending.bytes, pending.dropped)
            }
            writeAll(bytes)
            if dropped > 0 { writeAll(notice(dropped: dropped)) }
            if bytes.isEmpty { return }
        }
    }

    /// In the form of the lines around it.
    private func notice(dropped: Int) -> [UInt8] {
        let message = "\(dropped) log lines were dropped: nobody reads them fast enough"
        let line = LogFormat.Line(time: WallClock.now(), level: .warning, label: "log", message: message, metadata: [:])
        var bytes: [UInt8] = []
        (isTerminal ? LogFormat.text(colour: false) : .json).append(line, to: &bytes)
        return bytes
    }

    private func writeAll(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                guard waitUntilWritable() else { return }
                // What a pipe takes without blocking once it is writable (PIPE_BUF): the thread must not hang in it.
                let piece = rest.prefix(Self.pieceSize)
                let count = Self.systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: piece))
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR && errno != EAGAIN {
                    return  // The log's own reader has gone: nobody to tell.
                }
            }
        }
    }

    private static let pieceSize = 4096

    /// - Returns: false when the descriptor takes nothing for a second and the process is about to end.
    private func waitUntilWritable() -> Bool {
        var descriptors = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while poll(&descriptors, 1, 1000) == 0 {
            if isEnding.load(ordering: .relaxed) { return false }
        }
        return true
    }

    private static func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
