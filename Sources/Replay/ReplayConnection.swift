import NIOCore
import NIOHTTP1

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One client's connection to a fixture backend: collects requests, and carries out the answers in their order.
///
/// Lives on its channel's event loop. Responses are written as bytes, past any encoder.
final class ReplayConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private struct PartialRequest {
        let head: HTTPRequestHead
        var body = ByteBuffer()
    }

    private struct Progress {
        let delivery: Delivery
        /// The request's number in the journal.
        let entry: Int?
        var remaining: ArraySlice<Delivery.Step>
        let start: NIODeadline
    }

    private let backend: ReplayBackend
    private let openChannels: OpenChannels
    /// In bytes.
    private let maxRequestBody: Int

    private var partial: PartialRequest?
    private var progress: Progress?
    /// Answers to pipelined requests that wait for their turn, at most `maxWaiting`.
    private var waiting = CircularBuffer<ReplayBackend.Answer>()
    private var timer: Scheduled<Void>?
    /// Set once the connection's end was decided; what still arrives is dropped.
    private var isEnding = false

    private static let maxWaiting = 1024
    /// How long a client may take to close its side once the server has closed its own.
    private static let lingering = TimeAmount.seconds(2)

    init(backend: ReplayBackend, openChannels: OpenChannels, maxRequestBody: Int) {
        self.backend = backend
        self.openChannels = openChannels
        self.maxRequestBody = maxRequestBody
    }

    func channelActive(context: ChannelHandlerContext) {
        backend.recorder.connected()
        openChannels.add(context.channel)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        // Whatever is still owed will not be answered any more.
        for entry in [progress?.entry] + waiting.map(\.entry) { finish(entry) }
        openChannels.remove(context.channel)
        backend.recorder.disconnected()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isEnding else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            partial = PartialRequest(head: head)
            guard head.headers["expect"].contains(where: { $0.lowercased() == "100-continue" }) else { return }
            // With an answer still to be given, the client sends its body anyway after a while.
            if progress == nil { write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"), context) }
        case .body(var bytes):
            partial?.body.writeBuffer(&bytes)
            if (partial?.body.readableBytes ?? 0) > maxRequestBody { refuse(.payloadTooLarge, context) }
        case .end:
            guard let request = partial else { return }
            partial = nil
            accept(request, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError, !isEnding {
            refuse(.badRequest, context)
        } else {
            context.close(promise: nil)
        }
    }

    private func accept(_ request: PartialRequest, _ context: ChannelHandlerContext) {
        guard hasRoom(context) else { return }
        let asked = AskedRequest(
            method: request.head.method.rawValue,
            target: request.head.uri,
            headers: request.head.headers,
            body: Array(request.body.readableBytesView)
        )
        let keepsAlive = request.head.version == .http1_1 && request.head.isKeepAlive
        waiting.append(backend.answer(asked, keepsAlive: keepsAlive))
        proceed(context)
    }

    /// Whether another answer may wait. A client that asks on without reading is cut off: a refusal would wait, too.
    private func hasRoom(_ context: ChannelHandlerContext) -> Bool {
        if waiting.count < Self.maxWaiting { return true }
        isEnding = true
        waiting.removeAll()
        context.close(promise: nil)
        return false
    }

    /// Carries out what is due; for what is not, a timer calls again.
    private func proceed(_ context: ChannelHandlerContext) {
        while !isEnding {
            if progress == nil, let answer = waiting.popFirst() {
                let steps = answer.delivery.steps[...]
                progress = Progress(delivery: answer.delivery, entry: answer.entry, remaining: steps, start: .now())
            }
            guard let current = progress else { return }
            guard let step = current.remaining.first else {
                guard isDue(current.delivery.endsAfter, since: current.start, context) else { return }
                guard end(current, context) else { return }
                continue
            }
            guard isDue(step.after, since: current.start, context) else { return }
            progress?.remaining.removeFirst()
            let isLast = current.remaining.count == 1 && current.delivery.isWhole
            write(step.bytes, completing: isLast ? current.entry : nil, context)
        }
    }

    /// Whether a time has come; when not, a timer is set that proceeds when it has.
    private func isDue(_ after: TimeAmount, since start: NIODeadline, _ context: ChannelHandlerContext) -> Bool {
        if after == .zero { return true }
        let deadline = start + after
        if NIODeadline.now() >= deadline { return true }
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.proceed(context) }
        return false
    }

    /// Whether the next request has its turn.
    private func end(_ ended: Progress, _ context: ChannelHandlerContext) -> Bool {
        // Before the client can see it: its next request begins later. Of a whole answer the last write tells.
        let isBroken = !ended.delivery.isWhole
        switch ended.delivery.ending {
        case .nextRequest:
            progress = nil
            return true
        case .close:
            if isBroken { finish(ended.entry) }
            closeInOrder(context)
        case .reset:
            isEnding = true
            if isBroken { finish(ended.entry) }
            let abortive = linger(l_onoff: 1, l_linger: 0)
            if let socket = context.channel as? any SocketOptionProvider { _ = socket.setSoLinger(abortive) }
            context.close(promise: nil)
        case .hang: break
        }
        return false
    }

    private func finish(_ entry: Int?) {
        if let entry { backend.finished(entry) }
    }

    /// Answers what is no request for a fixture, and closes.
    private func refuse(_ status: HTTPResponseStatus, _ context: ChannelHandlerContext) {
        guard hasRoom(context) else { return }
        let response = PreparedResponse(CannedResponse(status: Int(status.code)))
        partial = nil
        let delivery = response.delivery(isHead: false, keepsAlive: false)
        waiting.append(ReplayBackend.Answer(delivery: delivery, entry: nil))
        proceed(context)
    }

    /// Sends FIN once everything is written, then waits for the client's own: closing both sides at once would turn
    /// bytes that are still unread into a reset, and a reset can overtake the response.
    private func closeInOrder(_ context: ChannelHandlerContext) {
        isEnding = true
        context.close(mode: .output, promise: nil)
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingering) { context.close(promise: nil) }
    }

    /// - Parameter entry: the number in the journal of the request whose answer ends with these bytes.
    private func write(_ bytes: ByteBuffer, completing entry: Int? = nil, _ context: ChannelHandlerContext) {
        let promise = entry.map { _ in context.eventLoop.makePromise(of: Void.self) }
        if let entry, let promise {
            promise.futureResult.whenSuccess { [backend] in backend.finished(entry) }
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
    }
}
