import Glibc
import Synchronization

@testable import CurlTransport

/// An HTTP server on one thread, for tests with thousands of connections: answers each request with its own path, or
/// holds the answers back until a number of requests has come together. Requests for `/stall…` are never answered.
final class EventServer: Sendable {
    let port: Int
    /// Paths in the order they came.
    let requests = Recorder<String>()
    let connections = Recorder<Int>()
    /// One element per connection that the peer has closed.
    let closed = Recorder<Int>()
    private let listener: Listener
    private let wakeUp: WakeUp
    private let isStopped = Atomic(false)

    /// - Parameter barrier: answer nobody before so many requests are there.
    init(barrier: Int = 0) throws {
        let listener = try Listener()
        let wakeUp = try WakeUp()
        self.listener = listener
        self.wakeUp = wakeUp
        port = listener.port
        let poller = try UncheckedBox(Poller(wakeUp: wakeUp))
        _ = Thread.startDetached(name: "test-events") { [weak self] in
            var clients: [CInt: [UInt8]] = [:]
            var held: [(CInt, String)] = []
            var seen = 0
            _ = poller.value.add(listener.descriptor, .read)
            while true {
                var ready: [CInt] = []
                poller.value.wait(milliseconds: -1) { descriptor, _ in ready.append(descriptor) }
                guard let self, !isStopped.load(ordering: .acquiring) else { break }
                for descriptor in ready {
                    if descriptor == listener.descriptor {
                        guard let client = listener.accept() else { continue }
                        clients[client] = []
                        _ = poller.value.add(client, .read)
                        connections.append(Int(client))
                        continue
                    }
                    guard Self.read(descriptor, into: &clients[descriptor, default: []]) else {
                        poller.value.remove(descriptor)
                        close(descriptor)
                        clients[descriptor] = nil
                        held.removeAll { $0.0 == descriptor }
                        closed.append(Int(descriptor))
                        continue
                    }
                    guard clients[descriptor]?.suffix(4).elementsEqual("\r\n\r\n".utf8) == true else { continue }
                    let words = (clients[descriptor] ?? []).split(separator: 0x20, maxSplits: 2)
                    let path = words.count > 1 ? String(decoding: words[1], as: UTF8.self) : ""
                    clients[descriptor] = []
                    requests.append(path)
                    seen += 1
                    if !path.hasPrefix("/stall") { held.append((descriptor, path)) }
                }
                guard seen >= barrier else { continue }
                for (descriptor, path) in held {
                    let reply = Array("HTTP/1.1 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)".utf8)
                    _ = reply.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
                }
                held.removeAll()
            }
            for descriptor in clients.keys { close(descriptor) }
        }
    }

    deinit {
        isStopped.store(true, ordering: .releasing)
        wakeUp.signal()
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    private static func read(_ descriptor: CInt, into buffer: inout [UInt8]) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 1) { chunk in
            let count = recv(descriptor, chunk.baseAddress, chunk.count, 0)
            guard count > 0 else { return false }
            buffer += chunk[..<count]
            return true
        }
    }
}

/// Carries a value into the one thread that uses it from then on.
struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

/// What the process has open, seen from outside.
enum ProcessFacts {
    /// Descriptors connected to that port: a client's end of a connection.
    static func clients(ofPort port: Int) -> Int {
        (3..<20_000).count { descriptor in
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            return withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    getpeername(CInt(descriptor), pointer, &length) == 0
                        && pointer.pointee.sa_family == sa_family_t(AF_INET)
                }
            } && Int(UInt16(bigEndian: address.sin_port)) == port
        }
    }

    /// Descriptors that are open at all.
    static func descriptors() -> Int {
        (0..<20_000).count { fcntl(CInt($0), F_GETFD) != -1 }
    }

    /// Threads of that name; a thread that libcurl starts has the name of its loop.
    static func threads(named name: String) -> Int {
        guard let directory = opendir("/proc/self/task") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            let task = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let file = fopen("/proc/self/task/\(task)/comm", "r") else { continue }
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { line in
                guard let base = line.baseAddress, fgets(base, 64, file) != nil else { return }
                if String(cString: base) == name + "\n" { count += 1 }
            }
            fclose(file)
        }
        return count
    }
}
