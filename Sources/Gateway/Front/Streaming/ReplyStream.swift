import NIOCore

/// The body of a reply that is sent while it comes in. Used on its event loop only; taken from as the client has room.
///
/// `@unchecked Sendable`: it travels within a reply, and is touched on the event loop alone.
final class ReplyStream: @unchecked Sendable {
    enum Next {
        case bytes(ByteBuffer)
        /// Nothing yet; the listener will be told.
        case wait
        case end
        /// The rest will never come: whoever sends this must let it be seen.
        case broken
    }

    private enum End {
        case complete
        case broken
    }

    /// Bytes of a portion.
    static let portion = 64 << 10

    /// Of the body, where it is known.
    let length: Int?
    /// Told of every portion that is taken.
    private let took: (Int) -> Void
    /// Called when nobody will take the rest.
    private let whenDiscarded: () -> Void

    private var parts = CircularBuffer<ByteBuffer>(initialCapacity: 2)
    private var ending: End?
    /// Bytes that have come, those beyond `length` among them.
    private var received = 0
    private var isDiscarded = false
    /// Called when there is something after a `wait`.
    var listener: (() -> Void)?

    init(length: Int?, took: @escaping (Int) -> Void, whenDiscarded: @escaping () -> Void) {
        self.length = length
        self.took = took
        self.whenDiscarded = whenDiscarded
    }

    /// Whether as much has come as was announced, and no more.
    var hasAll: Bool { length.map { $0 == received } ?? true }

    /// What is more than the length that the client was told would be taken for the next reply: it is dropped, and the body
    /// is a broken one.
    func append(_ bytes: ByteBuffer) {
        guard !isDiscarded, ending == nil, bytes.readableBytes > 0 else { return }
        var bytes = bytes
        received += bytes.readableBytes
        if let length, received > length {
            bytes = bytes.readSlice(length: max(0, bytes.readableBytes - (received - length))) ?? ByteBuffer()
        }
        guard bytes.readableBytes > 0 else { return }
        parts.append(bytes)
        listener?()
    }

    func finish(complete: Bool) {
        guard !isDiscarded, ending == nil else { return }
        ending = complete ? .complete : .broken
        listener?()
    }

    func next() -> Next {
        guard var part = parts.first else {
            return switch ending {
            case nil: .wait
            case .complete: .end
            case .broken: .broken
            }
        }
        guard part.readableBytes > Self.portion, let portion = part.readSlice(length: Self.portion) else {
            parts.removeFirst()
            took(part.readableBytes)
            return .bytes(part)
        }
        parts[parts.startIndex] = part
        took(portion.readableBytes)
        return .bytes(portion)
    }

    /// The client has gone, or another reply was sent.
    func discard() {
        guard !isDiscarded else { return }
        isDiscarded = true
        listener = nil
        parts.removeAll()
        if ending == nil { whenDiscarded() }
    }
}
