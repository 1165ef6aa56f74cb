import JSONSlices
import NIOCore

/// The pieces of a large body on their way to the socket, handed over a portion at a time: no more is copied than the
/// socket takes.
struct BodySender {
    /// The bytes of a portion.
    static let portionSize = 64 << 10

    /// Whose body it is.
    let write: ConnectionState.Write
    /// Of the whole body.
    var bodyBytes: Int
    /// Whether the client is told the length of each portion instead of that of the whole.
    var isChunked = false

    private var pieces: ArraySlice<ArraySlice<UInt8>>

    /// - Returns: nil when the first piece is all there is to send.
    init?(_ write: ConnectionState.Write, bodyBytes: Int) {
        guard bodyBytes > write.reply.body.first.count else { return nil }
        self.write = write
        self.bodyBytes = bodyBytes
        pieces = write.reply.body.rest[...]
    }

    /// All pieces, the first among them.
    init(whole write: ConnectionState.Write) {
        self.write = write
        bodyBytes = write.reply.body.count
        isChunked = false
        pieces = [write.reply.body.first[...]] + write.reply.body.rest
    }

    /// A body that is still coming in; `bodyBytes` counts what was sent of it.
    init(streaming write: ConnectionState.Write) {
        self.write = write
        bodyBytes = 0
        isChunked = write.reply.stream?.length == nil && !write.request.isHTTP10
        pieces = []
    }

    /// How much of it has been handed out, as far as that is counted.
    var sentBytes: Int {
        write.reply.stream == nil ? max(0, bodyBytes - pieces.reduce(0) { $0 + $1.count }) : bodyBytes
    }

    /// The next portion, never empty; nil when all has been handed out.
    mutating func next(_ allocator: ByteBufferAllocator) -> ByteBuffer? {
        while let piece = pieces.first {
            let portion = piece.prefix(Self.portionSize)
            if portion.count < piece.count {
                pieces[pieces.startIndex] = piece.dropFirst(portion.count)
            } else {
                pieces.removeFirst()
            }
            guard !portion.isEmpty else { continue }
            var buffer = allocator.buffer(capacity: portion.count)
            buffer.writeBytes(portion)
            return buffer
        }
        return nil
    }

    var isAtEnd: Bool { pieces.allSatisfy(\.isEmpty) }
}
