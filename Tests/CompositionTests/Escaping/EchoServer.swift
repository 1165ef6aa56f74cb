import Foundation
import Glibc
import Synchronization

/// A raw TCP server on loopback that keeps every request byte for byte, and answers each with `200` and the same body.
final class EchoServer: Sendable {
    struct Request: Sendable {
        /// Up to the empty line, without it.
        var head: [UInt8]
        var body: [UInt8]
    }

    let port: Int
    private let listener: CInt
    private let reply: [UInt8]
    private let requests = Mutex<[Request]>([])

    struct NoSocket: Error {}

    init(answering body: [UInt8] = [UInt8(ascii: "1")]) throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
        reply = Array(head.utf8) + body
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> CInt in
                guard bind(listener, pointer, length) == 0, listen(listener, 64) == 0 else { return -1 }
                return getsockname(listener, pointer, &length)
            }
        }
        guard code == 0 else { throw NoSocket() }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Foundation.Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, self != nil else { break }
                Foundation.Thread.detachNewThread { [weak self] in
                    self?.serve(connection)
                    close(connection)
                }
            }
            close(listener)
        }
    }

    deinit { shutdown(listener, CInt(SHUT_RDWR)) }

    /// The requests since this was last asked.
    func takeRequests() -> [Request] {
        requests.withLock { requests in
            defer { requests = [] }
            return requests
        }
    }

    private func serve(_ connection: CInt) {
        var buffer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let request = Self.parse(&buffer) {
                requests.withLock { $0.append(request) }
                guard send(connection, reply, reply.count, CInt(MSG_NOSIGNAL)) == reply.count else { return }
                continue
            }
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            buffer += chunk[..<count]
        }
    }

    private static func parse(_ buffer: inout [UInt8]) -> Request? {
        guard let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = Array(buffer[..<end.lowerBound])
        let field = String(decoding: head, as: UTF8.self).lowercased().components(separatedBy: "\r\ncontent-length: ")
        let length = field.count > 1 ? Int(field[1].prefix { $0.isNumber }) ?? 0 : 0
        guard buffer.count >= end.upperBound + length else { return nil }
        let body = Array(buffer[end.upperBound..<end.upperBound + length])
        buffer.removeFirst(end.upperBound + length)
        return Request(head: head, body: body)
    }
}

extension EchoServer.Request {
    /// The lines of the head, cut at CR LF alone; the first is the request line.
    var lines: [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = head[...]
        while let end = rest.firstRange(of: [13, 10]) {
            lines.append(Array(rest[..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return lines + [Array(rest)]
    }

    /// Between the two spaces of the request line; nil when there are not exactly two.
    var target: String? {
        let words = (lines.first ?? []).split(separator: 0x20, omittingEmptySubsequences: false)
        return words.count == 3 ? String(validating: words[1], as: UTF8.self) : nil
    }

    /// The names of the header fields in their order, as they stand before the first colon of each line.
    var fieldNames: [String] {
        lines.dropFirst().map { String(decoding: $0.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self) }
    }

    /// The bytes behind `name: `.
    func field(_ name: String) -> [UInt8]? {
        let prefix = Array("\(name): ".utf8)
        return lines.dropFirst().first { $0.starts(with: prefix) }.map { Array($0.dropFirst(prefix.count)) }
    }
}
