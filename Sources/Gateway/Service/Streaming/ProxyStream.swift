import Composition
import CurlTransport
import Logging
import NIOCore
import NIOHTTP1

/// One request that a proxy passes on while it comes in, and whose reply it passes back while that comes in.
///
/// `@unchecked Sendable`: everything is touched on the event loop of the client's connection alone. What concerns the
/// transfer is sent to its loop; what that reports comes back in batches.
final class ProxyStream: RequestStream, @unchecked Sendable {
    let stall: TimeAmount
    var onRoom: (() -> Void)?
    var onWanted: (() -> Void)?

    private let respond: Responder
    /// What the reply says of limits.
    var replyFields: [(String, String)] = []
    private let body: StreamedBody
    private let maxBody: Int?
    private let endpoint: String

    /// Bytes of the request's body on their way to the backend.
    private var window = StreamWindow(high: 256 << 10, low: 64 << 10)
    private var received = 0
    /// What came before it was known who asks.
    private var early: [[UInt8]] = []
    /// The body of a request that is copied, as far as it has come.
    private var copied: [UInt8] = []
    private var isEnded = false
    /// Nobody waits for the reply, or nothing more is to be sent.
    private var isOver = false

    private var running: (loop: CurlLoop, stream: TransferStream, task: Task<Void, Never>)?
    private var deciding: (any FrontCancellation)?
    private var pass: Pass?
    private var reply: ReplyStream?
    /// Bytes that the client's socket has taken and the transfer has not been told of.
    private var untold = 0

    /// What is needed to pass the reply back.
    struct Pass: Sendable {
        var passage: ProxyPassage
        var request: FrontRequest
        var logger: Logger
        var sight: RequestSight
        /// Takes down what the request came to; nil where nobody wants to know.
        var ended: (@Sendable (CallRecorder.Outcome) -> Void)?
        /// Called on the transfer's loop with the status of the reply.
        var heed: @Sendable (_ status: Int, _ section: HeaderSection) -> Void = { _, _ in }
        /// Takes the whole body of a request that is copied, or nil for one too long; called once at most.
        var copy: (@Sendable (_ body: [UInt8]?) -> Void)?
    }

    init(_ plan: ProxyPlan, body: StreamedBody, respond: Responder) {
        self.body = body
        self.respond = respond
        endpoint = plan.name
        maxBody = plan.maxRequestBody
        stall = .nanoseconds(Int64(clamping: plan.stall.boundedNanoseconds))
    }

    // MARK: From the client

    var isFull: Bool { !isOver && window.isWaiting }

    func receive(_ bytes: ByteBuffer) {
        guard !isOver, !isEnded else { return }
        received += bytes.readableBytes
        if let maxBody, received > maxBody {
            respond.send(Problem.bodyTooLarge(limit: maxBody).reply(log: ReplyLog(endpoint: endpoint)))
            return cancel()
        }
        window.add(bytes.readableBytes)
        _ = window.mayAdd()
        let piece = Array(bytes.readableBytesView)
        guard let running else { return early.append(piece) }
        keep(piece)
        let stream = running.stream
        running.loop.execute { stream.append(piece) }
    }

    func end() {
        guard !isEnded else { return }
        isEnded = true
        guard let running else { return }
        sendCopy()
        let stream = running.stream
        running.loop.execute { stream.endUpload() }
    }

    /// For a copy of the request, as long as there is to be one.
    private func keep(_ piece: [UInt8]) {
        guard let copy = pass?.copy else { return }
        guard copied.count + piece.count <= MirrorCopies.maximumBody else {
            copied = []
            pass?.copy = nil
            return copy(nil)
        }
        copied += piece
    }

    private func sendCopy() {
        guard let copy = pass?.copy else { return }
        pass?.copy = nil
        copy(copied)
        copied = []
    }

    func abort() {
        if !isEnded || body == .none { cancel() }
    }

    func cancel() {
        guard !isOver else { return }
        isOver = true
        early = []
        deciding?.cancel()
        deciding = nil
        reply?.finish(complete: false)
        stop()
    }

    /// Ends the transfer, if it runs.
    private func stop() {
        guard let running else { return }
        let stream = running.stream
        running.task.cancel()
        running.loop.execute { stream.abandon() }
    }

    // MARK: To the backend

    /// Who asks is still being found out.
    func waits(for decision: any FrontCancellation) {
        if running == nil { deciding = decision }
    }

    /// Nothing is passed on: this is the reply.
    func refuse(_ reply: FrontReply) {
        deciding = nil
        guard !isOver else { return }
        send(reply)
        cancel()
    }

    /// Passes the request on.
    func start(_ pass: Pass, on loop: CurlLoop, _ count: RunningCompositions) {
        deciding = nil
        guard !isOver else { return }
        var sent: TransportRequest
        do throws(ProxyForwarder.Failure) {
            sent = try pass.passage.transportRequest()
        } catch {
            error.report(to: pass.logger, of: pass.passage.plan, requestID: pass.request.id)
            return refuse(error.reply(endpoint: endpoint))
        }
        self.pass = pass
        let upload: TransferStream.Upload =
            switch body {
            case .none: .none
            case .length(let length): .known(length)
            case .chunked: .unknown
            }
        var options = TransferStream.Options(stall: pass.passage.plan.stall)
        options.expectsContinue = onWanted != nil && pass.request.headers.contains(name: "expect")
        let eventLoop = respond.eventLoop
        let heed = pass.heed
        let stream = TransferStream(upload: upload, options: options) { event in
            if let head = event.head { heed(head.status, head.section) }
            eventLoop.execute { self.happened(event) }
        }
        sent.stream = stream
        if upload != .none { sent.body = nil }
        let request = sent
        count.begin()
        let task = Task(executorPreference: loop) {
            defer { count.end() }
            do throws(TransportError) {
                _ = try await loop.perform(request)
                stream.end(.success(()))
            } catch {
                stream.end(.failure(error))
            }
        }
        running = (loop, stream, task)
        let (pieces, isEnded) = (early, isEnded)
        early = []
        for piece in pieces { keep(piece) }
        if isEnded || body == .none { sendCopy() }
        guard !pieces.isEmpty || isEnded else { return }
        loop.execute {
            for piece in pieces { stream.append(piece) }
            if isEnded { stream.endUpload() }
        }
    }

    // MARK: From the backend

    private func happened(_ event: TransferStream.Event) {
        if event.end != nil { running = nil }
        guard !isOver else { return }
        if event.wantsBody { onWanted?() }
        if event.taken > 0, window.took(event.taken) { onRoom?() }
        if event.head != nil, case .failure(let error)? = event.end {
            // Nothing was sent yet, so that all can still be told.
            isOver = true
            return fail(error, hasHead: false)
        }
        if let head = event.head { begin(head, event) }
        if !event.body.isEmpty { reply?.append(ByteBuffer(bytes: event.body)) }
        guard let end = event.end else { return }
        isOver = true
        switch end {
        case .success:
            if reply?.hasAll == false {
                fail(.badResponse(detail: "the body is not as long as its Content-Length says"), hasHead: true)
            } else {
                reply?.finish(complete: true)
            }
        case .failure(let error): fail(error, hasHead: reply != nil)
        }
    }

    private func begin(_ head: TransferStream.Head, _ event: TransferStream.Event) {
        guard let pass else { return }
        let length: Int?
        do throws(TransportError) {
            length = try BodyLength.announced(by: head.section)
        } catch {
            isOver = true
            fail(error, hasHead: false)
            return stop()
        }
        var passed: ProxyForwarder.Reply
        pass.ended?(.status(head.status))
        do throws(ProxyForwarder.Failure) {
            let changed = try pass.passage.passedOn(status: head.status, head.section.fields)
            passed = ProxyForwarder.Reply(
                status: changed.status,
                headers: changed.headers,
                body: [],
                isConditional: false
            )
        } catch {
            error.report(to: pass.logger, of: pass.passage.plan, requestID: pass.request.id)
            return refuse(error.reply(endpoint: endpoint))
        }
        if head.status == 204 || head.status == 304 {
            return send(FrontReply(passing: passed, to: pass.request, endpoint: endpoint))
        }
        if case .success = event.end {
            // All of it is here.
            passed.body = event.body
            return send(FrontReply(passing: passed, to: pass.request, endpoint: endpoint))
        }
        let stream = ReplyStream(
            length: length,
            took: { [weak self] in self?.took($0) },
            whenDiscarded: { [weak self] in self?.cancel() }
        )
        reply = stream
        var front = FrontReply(passing: passed, to: pass.request, endpoint: endpoint)
        front.stream = stream
        send(front)
    }

    private func send(_ reply: FrontReply) {
        var reply = reply
        pass?.sight.ended(&reply)
        respond.adding(replyFields).send(reply)
    }

    private func took(_ count: Int) {
        untold += count
        guard untold >= 64 << 10, let running else { return }
        let (stream, told) = (running.stream, untold)
        untold = 0
        running.loop.execute { stream.took(told) }
    }

    private func fail(_ error: TransportError, hasHead: Bool) {
        guard let pass else { return }
        let failure = ProxyForwarder.Failure(error)
        if hasHead {
            failure.reportBrokenOff(to: pass.logger, of: pass.passage.plan, requestID: pass.request.id)
            reply?.finish(complete: false)
            return
        }
        pass.ended?(error == .cancelled ? .none : .failed(error.proxyStatusError))
        failure.report(to: pass.logger, of: pass.passage.plan, requestID: pass.request.id)
        send(failure.reply(endpoint: endpoint))
    }
}
