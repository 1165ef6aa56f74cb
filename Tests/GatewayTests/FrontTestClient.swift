import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

private func systemSend(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: CInt) -> Int {
    send(descriptor, bytes, count, flags)
}

/// A client on a plain socket, which can say what no HTTP client would. Each call waits at most ten seconds.
final class FrontTestClient: Sendable {
    struct Reply: Sendable {
        var status: Int
        var head: String
        var body: String

        func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name.lowercased() else {
                    continue
                }
                return String(line[line.index(after: colon)...].drop { $0 == " " })
            }
            return nil
        }
    }

    enum Failure: Error, Hashable {
        case system(Int32)
        case endOfInput
        case notHTTP(String)

        /// Whether the other side has ended the connection, with something of ours unread.
        var isReset: Bool { self == .system(ECONNRESET) || self == .system(EPIPE) }
    }

    private let descriptor: CInt

    init(port: Int, receiveBuffer: CInt? = nil) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        }
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        // NIO's, since more than one module of C claims the struct that a call of one's own would fill in.
        let result = try SocketAddress(ipAddress: "127.0.0.1", port: port).withSockAddr { address, size in
            connect(descriptor, address, socklen_t(size))
        }
        guard result == 0 else { throw Failure.system(errno) }
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await blocking {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    systemSend(self.descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw Failure.system(errno) }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Reads one reply, framed by its `Content-Length`.
    func reply(toHead: Bool = false) async throws -> Reply {
        try await blocking {
            let head = try self.read { $0.hasSuffix("\r\n\r\n") }
            let parts = head.split(separator: " ", maxSplits: 2)
            guard parts.count > 1, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else {
                throw Failure.notHTTP(head)
            }
            var reply = Reply(status: status, head: head, body: "")
            if !toHead, let length = reply.header("content-length").flatMap(Int.init) {
                reply.body = try self.read(count: length)
            }
            return reply
        }
    }

    func exchange(_ text: String) async throws -> Reply {
        try await send(text)
        return try await reply()
    }

    /// That many bytes of whatever comes.
    func bytes(_ count: Int) async throws -> [UInt8] {
        try await blocking { try self.readBytes(count) }
    }

    /// Everything up to the end of the input, which must not be a reset.
    func readToEnd() async throws -> String {
        try await blocking {
            var text = ""
            do {
                while true { text += try self.read(count: 1) }
            } catch Failure.endOfInput {
                return text
            }
        }
    }

    func endOutput() {
        shutdown(descriptor, CInt(SHUT_WR))
    }

    /// Ends the connection with a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        disconnect()
    }

    func disconnect() {
        close(descriptor)
    }

    private func read(until isComplete: (String) -> Bool) throws -> String {
        var text = ""
        while !isComplete(text) {
            text += try read(count: 1)
        }
        return text
    }

    private func read(count: Int) throws -> String {
        String(decoding: try readBytes(count), as: UTF8.self)
    }

    private func readBytes(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let result = bytes[filled...].withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard result > 0 else { throw result == 0 ? Failure.endOfInput : Failure.system(errno) }
            filled += result
        }
        return bytes
    }

    /// Off the cooperative threads, which must not block.
    private func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive { try body() }
    }
}
