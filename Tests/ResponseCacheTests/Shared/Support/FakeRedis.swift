import Foundation
import Glibc

/// A listening socket on a free port of 127.0.0.1.
final class FakeListener: Sendable {
    let port: Int
    let descriptor: CInt

    init(backlog: CInt = 64) throws {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> CInt in
                guard bind(descriptor, pointer, length) == 0, listen(descriptor, backlog) == 0 else { return -1 }
                return getsockname(descriptor, pointer, &length)
            }
        }
        guard code == 0 else { throw RedisServer.Failure(reason: "no listener") }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}

/// One connection to a `FakeRedis`, on a thread of its own.
final class FakeConnection: @unchecked Sendable {
    // Used by its own thread alone, but for `descriptor`, which is constant until that thread closes it.
    let number: Int
    private let descriptor: CInt
    private var buffer: [UInt8] = []
    /// A command is left without its reply: those that follow wait too, since replies come in the order of commands.
    private var isHolding = false
    private var held: [UInt8] = []
    private unowned let server: FakeRedis

    init(number: Int, descriptor: CInt, server: FakeRedis) {
        self.number = number
        self.descriptor = descriptor
        self.server = server
    }

    /// The next command's words; nil once the peer has closed.
    func read() -> [String]? {
        while true {
            if let words = parse() {
                server.commands.append(words)
                return words
            }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            buffer += chunk[..<count]
        }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Answers what every connection begins with, and questions about purges; returns the first other command.
    func readPastGreeting() -> [String]? {
        while let words = read() {
            switch words[0] {
            case "AUTH", "SELECT": send("+OK\r\n")
            case "PING": send("+PONG\r\n")
            case "MGET":
                let reply = Array("*2\r\n$1\r\n7\r\n$1\r\n0\r\n".utf8)
                if isHolding { held += reply } else { send(reply) }
            case "SUBSCRIBE": send("*3\r\n$9\r\nsubscribe\r\n$\(words[1].utf8.count)\r\n\(words[1])\r\n:1\r\n")
            default: return words
            }
        }
        return nil
    }

    /// From here on what is not a test's own reply waits.
    func hold() { isHolding = true }

    /// Sends what waits.
    func release() {
        send(held)
        held = []
        isHolding = false
    }

    func close() { shutdown(descriptor, CInt(SHUT_RDWR)) }

    fileprivate func end() { Glibc.close(descriptor) }

    private func parse() -> [String]? {
        var rest = buffer[...]
        func line() -> String? {
            guard let end = rest.firstIndex(of: 0x0D), end + 1 < rest.endIndex else { return nil }
            defer { rest = rest[(end + 2)...] }
            return String(decoding: rest[..<end], as: UTF8.self)
        }
        guard let count = line().flatMap({ Int($0.dropFirst()) }) else { return nil }
        var words: [String] = []
        for _ in 0..<count {
            guard let length = line().flatMap({ Int($0.dropFirst()) }), rest.count >= length + 2 else { return nil }
            words.append(String(decoding: rest.prefix(length), as: UTF8.self))
            rest = rest.dropFirst(length + 2)
        }
        buffer = Array(rest)
        return words
    }
}

/// A server that answers as a test wants it to.
final class FakeRedis: @unchecked Sendable {
    // `open` is read and written under `lock` alone.
    let commands = EventLog<[String]>()
    let connections = EventLog<ContinuousClock.Instant>()
    let closed = EventLog<Int>()
    private let listener: FakeListener
    private let lock = NSLock()
    private var open: [FakeConnection] = []

    var address: String { "redis://127.0.0.1:\(listener.port)" }
    var port: Int { listener.port }

    init(_ script: @escaping @Sendable (FakeConnection) -> Void) throws {
        let listener = try FakeListener()
        self.listener = listener
        Thread.detachNewThread { [self] in
            var number = 0
            while true {
                let descriptor = accept(listener.descriptor, nil, nil)
                guard descriptor >= 0 else { return }
                // Two short replies are not to be 40 ms apart.
                var one: CInt = 1
                setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
                let connection = FakeConnection(number: number, descriptor: descriptor, server: self)
                number += 1
                lock.withLock { open.append(connection) }
                connections.append(.now)
                Thread.detachNewThread { [self] in
                    script(connection)
                    lock.withLock { open.removeAll { $0 === connection } }
                    connection.end()
                    closed.append(connection.number)
                }
            }
        }
    }

    /// Closes everything; its threads end.
    func end() {
        shutdown(listener.descriptor, CInt(SHUT_RDWR))
        // Under the lock: a descriptor that its thread has closed may be another socket's by now.
        lock.withLock { open.forEach { $0.close() } }
    }
}
