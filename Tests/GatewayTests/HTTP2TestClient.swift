import NIOCore
import NIOHPACK

/// A client of HTTP/2 on a plain socket, unencrypted and by prior knowledge (RFC 9113, section 3.3), which can send any frame.
final class HTTP2TestClient {
    enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
        static let windowUpdate: UInt8 = 8
    }

    struct Frame {
        var kind: UInt8
        var flags: UInt8
        var stream: Int
        var payload: [UInt8]

        var endsStream: Bool { (kind == Kind.data || kind == Kind.headers) && flags & 1 != 0 }

        /// The error code of RST_STREAM, or of GOAWAY.
        var code: UInt32? {
            switch kind {
            case Kind.reset where payload.count >= 4: Self.number(payload[0..<4])
            case Kind.goAway where payload.count >= 8: Self.number(payload[4..<8])
            default: nil
            }
        }

        static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
            bytes.reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    /// What came for one stream.
    struct Reply {
        var status: Int?
        var headers = HPACKHeaders()
        var body: [UInt8] = []
        var isComplete = false
        /// The code of a reset.
        var reset: UInt32?

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let socket: FrontTestClient
    private var encoder = HPACKEncoder(allocator: ByteBufferAllocator())
    private var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
    private var replies: [Int: Reply] = [:]
    /// The GOAWAYs that have come.
    private(set) var goAways: [Frame] = []
    private(set) var hasEnded = false
    /// How much may be sent: on the connection, and on each stream (RFC 9113, section 5.2).
    private var room = 65_535
    private var roomOfStream: [Int: Int] = [:]
    private var initialRoom = 65_535
    /// Whether windows are opened again as data comes.
    var opensWindows = true
    /// Whether the server's PINGs are answered.
    var answersPings = true

    /// - Parameter window: bytes that the server may send on each stream before more are allowed.
    init(port: Int, window: Int = 65_535, receiveBuffer: CInt? = nil) async throws {
        socket = try FrontTestClient(port: port, receiveBuffer: receiveBuffer)
        try await socket.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        try await send(Kind.settings, stream: 0, [0, 4] + Self.bytes(UInt32(window)))
    }

    func disconnect() { socket.disconnect() }

    // MARK: Sending

    func send(_ kind: UInt8, flags: UInt8 = 0, stream: Int, _ payload: [UInt8]) async throws {
        let count = payload.count
        let head = [UInt8(count >> 16 & 0xff), UInt8(count >> 8 & 0xff), UInt8(count & 0xff), kind, flags]
        try await socket.send(head + Self.bytes(UInt32(stream)) + payload)
    }

    /// A header section, in one frame.
    func request(
        _ stream: Int,
        _ method: String,
        _ path: String,
        _ fields: [(String, String)] = [],
        isComplete: Bool = true
    ) async throws {
        try await headers(
            stream,
            [(":method", method), (":scheme", "http"), (":path", path), (":authority", "h")] + fields,
            isComplete: isComplete
        )
    }

    /// A GET without a body.
    func get(_ stream: Int, _ path: String) async throws {
        try await request(stream, "GET", path)
    }

    func headers(_ stream: Int, _ fields: [(String, String)], isComplete: Bool) async throws {
        var buffer = ByteBuffer()
        try encoder.encode(headers: HPACKHeaders(fields), to: &buffer)
        // END_HEADERS, and END_STREAM.
        try await send(Kind.headers, flags: isComplete ? 5 : 4, stream: stream, Array(buffer.readableBytesView))
    }

    /// Waits for room in the server's windows; sends nothing when the stream has ended meanwhile.
    func data(_ stream: Int, _ bytes: [UInt8], isComplete: Bool = false) async throws {
        while min(room, roomOfStream[stream] ?? initialRoom) < bytes.count {
            let reply = received(stream)
            guard !reply.isComplete, reply.reset == nil, try await frame() != nil else { return }
        }
        room -= bytes.count
        roomOfStream[stream] = (roomOfStream[stream] ?? initialRoom) - bytes.count
        try await send(Kind.data, flags: isComplete ? 1 : 0, stream: stream, bytes)
    }

    func open(_ stream: Int, by count: Int) async throws {
        try await send(Kind.windowUpdate, stream: stream, Self.bytes(UInt32(count)))
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        [UInt8(number >> 24), UInt8(number >> 16 & 0xff), UInt8(number >> 8 & 0xff), UInt8(number & 0xff)]
    }

    // MARK: Receiving

    /// The next frame; nil at the end of the connection.
    @discardableResult
    func frame() async throws -> Frame? {
        let head: [UInt8]
        do {
            head = try await socket.bytes(9)
        } catch let failure as FrontTestClient.Failure where failure == .endOfInput || failure.isReset {
            hasEnded = true
            return nil
        }
        let count = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        let stream = head[5...].reduce(0) { $0 << 8 | Int($1) } & 0x7fff_ffff
        let frame = Frame(
            kind: head[3],
            flags: head[4],
            stream: stream,
            payload: count == 0 ? [] : try await socket.bytes(count)
        )
        try await take(frame)
        return frame
    }

    private func take(_ frame: Frame) async throws {
        switch frame.kind {
        case Kind.settings where frame.flags & 1 == 0:
            for start in stride(from: 0, to: frame.payload.count - 5, by: 6) where frame.payload[start + 1] == 4 {
                let value = Int(Frame.number(frame.payload[(start + 2)..<(start + 6)]))
                for stream in roomOfStream.keys { roomOfStream[stream]? += value - initialRoom }
                initialRoom = value
            }
            await answer(Kind.settings, [])
        case Kind.ping where frame.flags & 1 == 0 && answersPings:
            await answer(Kind.ping, frame.payload)
        case Kind.windowUpdate where frame.payload.count == 4:
            let count = Int(Frame.number(frame.payload[0...]))
            if frame.stream == 0 {
                room += count
            } else {
                roomOfStream[frame.stream] = (roomOfStream[frame.stream] ?? initialRoom) + count
            }
        case Kind.goAway:
            goAways.append(frame)
        case Kind.headers:
            var buffer = ByteBuffer(bytes: frame.payload)
            let fields = try decoder.decodeHeaders(from: &buffer)
            replies[frame.stream, default: Reply()].status = fields.first(name: ":status").flatMap { Int($0) }
            replies[frame.stream]?.headers = fields
        case Kind.data:
            replies[frame.stream, default: Reply()].body += frame.payload
            guard opensWindows, !frame.payload.isEmpty else { break }
            // The server may have ended the connection behind this.
            try? await open(0, by: frame.payload.count)
            if !frame.endsStream { try? await open(frame.stream, by: frame.payload.count) }
        case Kind.reset:
            replies[frame.stream, default: Reply()].reset = frame.code
        default:
            break
        }
        if frame.endsStream { replies[frame.stream]?.isComplete = true }
    }

    /// An acknowledgement, which a server that has closed does not wait for.
    private func answer(_ kind: UInt8, _ payload: [UInt8]) async {
        try? await send(kind, flags: 1, stream: 0, payload)
    }

    /// What has come so far for a stream.
    func received(_ stream: Int) -> Reply { replies[stream] ?? Reply() }

    /// Reads until a stream has ended, one way or the other.
    func reply(_ stream: Int) async throws -> Reply {
        while let reply = Optional(received(stream)), !reply.isComplete, reply.reset == nil {
            guard try await frame() != nil else { break }
        }
        return received(stream)
    }

    /// Reads until the connection has ended.
    func readToEnd() async throws {
        while try await frame() != nil {}
    }
}
