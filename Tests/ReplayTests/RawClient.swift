import Foundation

/// A client that sends and receives bytes, so that a test sees exactly what a server does to a connection.
///
/// Blocks its thread; every wait ends after ten seconds at the latest.
final class RawClient {
    /// How a connection looks when no more bytes come.
    enum End: Error {
        /// The server sent FIN.
        case closed
        /// The server sent RST.
        case reset
        /// The connection is open, and nothing came within the time.
        case silent
    }

    struct Response {
        var head: String
        var body: String
    }

    struct Failure: Error {
        var message: String
    }

    private let socketHandle: Int32
    private var received: [UInt8] = []

    /// - Parameter url: `http://127.0.0.1:PORT`.
    init(_ url: String?) throws {
        guard let port = url?.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw Failure(message: "no port in \(url ?? "nil")")
        }
        #if canImport(Glibc)
        let stream = Int32(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        socketHandle = socket(AF_INET, stream, 0)
        setTimeout(.seconds(10))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socketHandle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(message: "connect: \(errno)") }
    }

    deinit { close(socketHandle) }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(socketHandle, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(message: "write: \(errno)") }
            sent += count
        }
    }

    /// The next response, by its Content-Length; without one it has no body.
    func response(toHead isHead: Bool = false) throws -> Response {
        let mark = Array("\r\n\r\n".utf8)
        var end = received.firstRange(of: mark)
        while end == nil {
            try receiveMore()
            end = received.firstRange(of: mark)
        }
        let head = String(decoding: received.prefix(end?.lowerBound ?? 0), as: UTF8.self)
        received.removeFirst(end?.upperBound ?? 0)
        let length = head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
        let count = isHead ? 0 : length.flatMap { Int($0.dropFirst("Content-Length: ".count)) } ?? 0
        while received.count < count { try receiveMore() }
        defer { received.removeFirst(count) }
        return Response(head: head, body: String(decoding: received.prefix(count), as: UTF8.self))
    }

    /// All bytes until the connection ends, or is silent for a time.
    func rest(silentAfter time: Duration = .seconds(10)) -> (text: String, end: End) {
        setTimeout(time)
        defer { setTimeout(.seconds(10)) }
        while true {
            do {
                try receiveMore()
            } catch {
                defer { received = [] }
                return (String(decoding: received, as: UTF8.self), error)
            }
        }
    }

    private func receiveMore() throws(End) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = buffer.withUnsafeMutableBytes { read(socketHandle, $0.baseAddress, $0.count) }
        if count > 0 {
            received += buffer.prefix(count)
        } else if count == 0 {
            throw .closed
        } else {
            throw errno == ECONNRESET ? .reset : .silent
        }
    }

    private func setTimeout(_ time: Duration) {
        let (seconds, attoseconds) = time.components
        var value = timeval()
        value.tv_sec = .init(seconds)
        value.tv_usec = .init(attoseconds / 1_000_000_000_000)
        setsockopt(socketHandle, SOL_SOCKET, SO_RCVTIMEO, &value, socklen_t(MemoryLayout<timeval>.size))
    }
}
