import JSONSlices
import NIOCore
import NIOHTTP1

/// Writes a reply in the HTTP/1.1 wire format (RFC 9112), head and body in one buffer.
struct ReplyEncoder {
    /// What of a reply depends on the connection.
    struct Context {
        /// Only the head is sent.
        var isHead: Bool
        /// The connection ends with this reply.
        var isLast: Bool
        /// The client must be told when the connection stays open.
        var isHTTP10: Bool
        var requestID: String
        /// The whole `Date` line with its CR LF.
        var dateLine: [UInt8]
    }

    /// The interim reply to `Expect: 100-continue`.
    static let continueHead = ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")

    /// The reply, or a 500 in place of one whose status cannot be sent, and whose body nobody will take then. On the event loop.
    static func sendable(_ reply: FrontReply) -> FrontReply {
        guard !(200...599).contains(reply.status) else { return reply }
        reply.stream?.discard()
        return Problem(status: 500, detail: "The gateway made a reply that cannot be sent.").reply(log: reply.log)
    }

    /// - Parameter reply: a ``sendable(_:)`` one.
    /// - Returns: the message up to the end of the body's first piece, and how many bytes the whole body has on the wire.
    static func encode(
        _ reply: FrontReply,
        context: Context,
        allocator: ByteBufferAllocator
    ) -> (message: ByteBuffer, bodyBytes: Int) {
        let mayHaveBody = reply.status != 204 && reply.status != 304
        let bodyBytes = mayHaveBody && !context.isHead ? reply.body.count : 0
        var buffer = allocator.buffer(
            capacity: 320 + reply.headers.count * 48 + (bodyBytes > 0 ? reply.body.first.count : 0)
        )
        writeStatusLine(reply.status, to: &buffer)
        if let date = reply.date, isSendable("x-date", date) {
            buffer.writeStaticString("Date: ")
            buffer.writeString(date)
            buffer.writeStaticString("\r\n")
        } else {
            buffer.writeBytes(context.dateLine)
        }
        buffer.writeStaticString("Server: medley\r\nX-Request-Id: ")
        buffer.writeString(context.requestID)
        // RFC 9110, section 8.6: none in a 204; in a 304 it would be that of the 200, which is not known here.
        if let stream = reply.stream {
            if let length = stream.length {
                buffer.writeStaticString("\r\nContent-Length: ")
                buffer.writeString(String(length))
            } else if !context.isHTTP10 {
                buffer.writeStaticString("\r\nTransfer-Encoding: chunked")
            }
        } else if mayHaveBody, let length = length(of: reply, isHead: context.isHead) {
            buffer.writeStaticString("\r\nContent-Length: ")
            buffer.writeString(String(length))
        }
        if context.isLast {
            buffer.writeStaticString("\r\nConnection: close\r\n")
        } else if context.isHTTP10 {
            buffer.writeStaticString("\r\nConnection: keep-alive\r\n")
        } else {
            buffer.writeStaticString("\r\n")
        }
        for (name, value) in reply.headers where isSendable(name, value) {
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
        if bodyBytes > 0 { buffer.writeBytes(reply.body.first) }
        return (buffer, bodyBytes)
    }

    static func length(of reply: FrontReply, isHead: Bool) -> Int? {
        switch reply.headLength {
        case .known(let length) where isHead: length
        case .unknown where isHead: nil
        default: reply.body.count
        }
    }

    private static func writeStatusLine(_ status: Int, to buffer: inout ByteBuffer) {
        if status == 200 {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
            return
        }
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(status))
        buffer.writeStaticString(" ")
        // A status without a phrase of its own keeps the space (RFC 9112, section 4).
        let known = HTTPResponseStatus(statusCode: status)
        if case .custom = known {} else { buffer.writeString(known.reasonPhrase) }
        buffer.writeStaticString("\r\n")
    }

    /// Whether the field may go out: not one of the front's own, and unable to break the message.
    static func isSendable(_ name: String, _ value: String) -> Bool {
        guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else { return false }
        guard value.utf8.allSatisfy({ $0 != 0 && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }) else {
            return false
        }
        return switch name.utf8.count {
        case 4: !name.equalsASCII("date")
        case 6: !name.equalsASCII("server")
        case 7: !name.equalsASCII("upgrade")
        case 10: !name.equalsASCII("connection") && !name.equalsASCII("keep-alive")
        case 12: !name.equalsASCII("x-request-id")
        case 14: !name.equalsASCII("content-length")
        case 17: !name.equalsASCII("transfer-encoding")
        default: true
        }
    }

    /// `tchar` of RFC 9110, section 5.6.2.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "^"),
            UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }
}
