import Glibc
import Synchronization

@testable import CurlTransport

/// A request as the server read it.
struct ReceivedRequest: Sendable {
    var head: String
    var body: [UInt8]

    var line: String { String(head.prefix { $0 != "\r\n" }) }
    /// Values of all fields of that name, in order; the name in small letters.
    func values(_ name: String) -> [String] {
        head.split(separator: "\r\n").dropFirst().compactMap { field in
            let parts = field.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].lowercased() == name else { return nil }
            return String(parts[1].drop { $0 == " " })
        }
    }
}

/// One accepted connection, read and written by blocking calls on a thread of its own.
final class ServerConnection: @unchecked Sendable {
    // Used by its own thread alone, but for `descriptor`, which is constant until that thread closes it.
    let number: Int
    private let descriptor: CInt
    private var isOpen = true
    private var buffer: [UInt8] = []
    private weak var server: ScriptedServer?

    init(number: Int, descriptor: CInt, server: ScriptedServer) {
        self.number = number
        self.descriptor = descriptor
        self.server = server
    }

    /// The next request, or nil once the peer has closed.
    func readRequest() -> ReceivedRequest? {
        while true {
            if let request = parse() {
                server?.requests.append(request)
                return request
            }
            guard receive() else { return nil }
        }
    }

    /// Returns when the peer has closed; what it sends meanwhile is dropped.
    func waitForClose() {
        while receive() { buffer.removeAll() }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// False when the peer is gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    func reply(_ body: String, status: String = "200 OK", headers: String = "") {
        send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }

    /// Closes with RST.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    /// Makes a blocked read of the connection's thread return.
    func abort() { shutdown(descriptor, CInt(SHUT_RDWR)) }

    private func receive() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffer += chunk[..<count]
        return true
    }

    private func parse() -> ReceivedRequest? {
        guard let end = buffer.indices.dropLast(3).first(where: { buffer[$0...].starts(with: "\r\n\r\n".utf8) }) else {
            return nil
        }
        var request = ReceivedRequest(head: String(decoding: buffer[..<end], as: UTF8.self), body: [])
        let length = request.values("content-length").first.flatMap { Int($0) } ?? 0
        guard buffer.count >= end + 4 + length else { return nil }
        request.body = Array(buffer[(end + 4)..<(end + 4 + length)])
        buffer.removeFirst(end + 4 + length)
        return request
    }
}

/// A raw TCP server on loopback: each connection runs a script on a thread of its own.
final class ScriptedServer: Sendable {
    let port: Int
    let requests = Recorder<ReceivedRequest>()
    /// A number per connection accepted.
    let connections = Recorder<ServerConnection>()
    /// A number per connection whose script has ended.
    let ended = Recorder<Int>()
    private let listener: Listener

    init(_ script: @escaping @Sendable (ServerConnection) -> Void) throws {
        listener = try Listener()
        port = listener.port
        let listener = listener
        _ = Thread.startDetached(name: "test-accept") { [weak self] in
            var number = 0
            while let descriptor = listener.accept() {
                guard let self else { break }
                let connection = ServerConnection(number: number, descriptor: descriptor, server: self)
                number += 1
                connections.append(connection)
                _ = Thread.startDetached(name: "test-connection") { [weak self] in
                    script(connection)
                    connection.close()
                    self?.ended.append(connection.number)
                }
            }
        }
    }

    deinit { listener.shutdown() }

    func url(_ path: String, host: String = "127.0.0.1") -> String { "http://\(host):\(port)\(path)" }
}

/// A listening socket.
final class Listener: Sendable {
    let port: Int
    let descriptor: CInt

    init() throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> CInt in
                guard bind(descriptor, pointer, length) == 0, listen(descriptor, 4096) == 0 else { return -1 }
                return getsockname(descriptor, pointer, &length)
            }
        }
        guard code == 0 else { throw TransportError.failure(code: Int(errno), detail: "no listener") }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    func accept() -> CInt? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        return accepted >= 0 ? accepted : nil
    }

    func shutdown() { Glibc.shutdown(descriptor, CInt(SHUT_RDWR)) }

    deinit { close(descriptor) }
}
