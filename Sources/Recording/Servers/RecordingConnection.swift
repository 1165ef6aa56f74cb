import NIOCore
import NIOHTTP1

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// One client's connection to a recording server: a request after the other, each answered and then recorded before the
/// next is read. So the files keep up with the requests, and no answer waits for the disk.
struct RecordingConnection: Sendable {
    typealias Stream = NIOAsyncChannel<HTTPServerRequestPart, ByteBuffer>

    let forwarder: Forwarder
    /// In bytes.
    let maxRequestBody: Int
    let record: @Sendable (Forwarder.Outcome) async -> Void

    /// Returns when the connection is closed, or the task cancelled.
    func serve(_ stream: Stream) async {
        // What fails here is the connection, and with it nothing but itself.
        try? await stream.executeThenClose { inbound, outbound in
            var partial: Forwarder.Request?
            for try await part in inbound {
                switch part {
                case .head(let head):
                    partial = Forwarder.Request(head)
                case .body(let bytes):
                    guard (partial?.body.count ?? 0) + bytes.readableBytes <= maxRequestBody else {
                        await deliver(.tooLarge, to: stream, outbound)
                        return
                    }
                    partial?.body += bytes.readableBytesView
                case .end:
                    guard let request = partial else { continue }
                    partial = nil
                    let outcome = await forwarder.forward(request)
                    let isOpen = await deliver(outcome.answer, to: stream, outbound)
                    await record(outcome)
                    guard isOpen else { return }
                }
            }
        }
    }

    /// Whether the connection is open for another request.
    @discardableResult
    private func deliver(
        _ answer: ForwardedAnswer,
        to stream: Stream,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async -> Bool {
        switch answer {
        case .bytes(let bytes):
            do {
                try await outbound.write(bytes)
                return true
            } catch {
                return false
            }
        case .last(let bytes):
            try? await outbound.write(bytes)
            return false
        case .reset:
            if let socket = stream.channel as? any SocketOptionProvider {
                try? await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            }
            try? await stream.channel.close()
            return false
        case .silence:
            return true
        }
    }
}

extension Forwarder.Request {
    /// A request whose body is still to come.
    init(_ head: HTTPRequestHead) {
        self.init(
            method: head.method.rawValue,
            target: head.uri,
            headers: head.headers.map { (name: $0.name, value: $0.value) },
            body: []
        )
    }
}
