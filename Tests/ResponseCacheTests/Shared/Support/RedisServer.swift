import Foundation
import Glibc
import Testing

/// A `redis-server` for the time of a test, on a Unix socket or a free port of 127.0.0.1.
final class RedisServer: Sendable {
    static let path: String? = {
        let places: [String] = ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/usr/bin/valkey-server"]
        return places.first { access($0, X_OK) == 0 }
    }()
    static let isInstalled = path != nil

    let process: pid_t
    /// What a tier is given.
    let address: String
    private let directory: String
    private let hasEnded = EventLog<Int32>()

    /// Waits until the server takes connections.
    ///
    /// - Parameter port: nil for a Unix socket.
    init(port: Int? = nil, _ options: [String] = [], credentials: String = "") throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "redis-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let place =
            port.map { ["--port", "\($0)", "--bind", "127.0.0.1"] }
            ?? ["--port", "0", "--unixsocket", "\(directory)/redis.sock"]
        address = port.map { "redis://\(credentials)127.0.0.1:\($0)" } ?? "unix://\(credentials)\(directory)/redis.sock"
        let arguments = [Self.path ?? ""] + place + ["--save", "", "--appendonly", "no", "--dir", directory] + options
        let (process, output) = try Self.spawn(arguments)
        self.process = process
        guard Self.reads("Ready to accept connections", from: output) else {
            kill(process, SIGKILL)
            throw Failure(reason: "redis-server did not start: \(arguments)")
        }
    }

    struct Failure: Error { var reason: String }

    /// Ends it without notice, and waits for its end.
    func crash() {
        kill(process, SIGCONT)
        kill(process, SIGKILL)
        waitForEnd()
    }

    func stop() { kill(process, SIGSTOP) }
    func go() { kill(process, SIGCONT) }

    /// Sends a command on a connection of its own, and returns the reply's first line or bulk.
    @discardableResult
    func command(_ words: String...) throws -> String {
        let client = try PlainClient(address)
        return client.ask(words)
    }

    private func waitForEnd() {
        guard hasEnded.count == 0 else { return }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        hasEnded.append(status)
    }

    deinit {
        kill(process, SIGCONT)
        kill(process, SIGKILL)
        waitForEnd()
        try? FileManager.default.removeItem(atPath: directory)
    }

    private static func spawn(_ arguments: [String]) throws -> (pid_t, CInt) {
        var pipes: [CInt] = [0, 0]
        guard pipe(&pipes) == 0 else { throw Failure(reason: "no pipe") }
        for descriptor in pipes { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
        posix_spawn_file_actions_adddup2(&actions, pipes[1], 2)
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, arguments[0], &actions, nil, words, environ)
        close(pipes[1])
        guard code == 0 else { throw Failure(reason: "posix_spawn: \(code)") }
        return (process, pipes[0])
    }

    /// Reads until a text has come; a thread reads the rest, so that the server never waits for it.
    private static func reads(_ text: String, from descriptor: CInt) -> Bool {
        var seen = ""
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !seen.contains(text) {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return false }
            seen += String(decoding: chunk[..<count], as: UTF8.self)
        }
        Thread.detachNewThread {
            var chunk = [UInt8](repeating: 0, count: 4096)
            while read(descriptor, &chunk, chunk.count) > 0 {}
            close(descriptor)
        }
        return true
    }

    /// A port that nobody listens on at the moment.
    static func freePort() throws -> Int {
        try FakeListener().port
    }
}

/// A blocking client, for what a test wants of a server behind the tier's back.
final class PlainClient {
    private let descriptor: CInt

    init(_ address: String) throws {
        if address.hasPrefix("unix://") {
            descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
            var place = sockaddr_un()
            place.sun_family = sa_family_t(AF_UNIX)
            let path = address.dropFirst(7).drop { $0 != "/" }
            withUnsafeMutableBytes(of: &place.sun_path) { $0.copyBytes(from: path.utf8) }
            try connect(&place, size: MemoryLayout<sockaddr_un>.size)
        } else {
            descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            var place = sockaddr_in()
            place.sin_family = sa_family_t(AF_INET)
            place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            place.sin_port = UInt16(address.split(separator: ":").last.flatMap { UInt16($0) } ?? 0).bigEndian
            try connect(&place, size: MemoryLayout<sockaddr_in>.size)
        }
    }

    private func connect<Address>(_ address: inout Address, size: Int) throws {
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, socklen_t(size)) }
        }
        guard code == 0 else { throw RedisServer.Failure(reason: "connect: \(errno)") }
    }

    func ask(_ words: [String]) -> String {
        let command =
            "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        _ = Array(command.utf8).withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        return count > 0 ? String(decoding: chunk[..<count], as: UTF8.self) : ""
    }

    deinit { close(descriptor) }
}
