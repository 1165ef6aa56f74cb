import CCurl

/// One loop's transfers: admits, starts, cancels and finishes them. Owns the multi handle, the poller and the pool.
///
/// Confined to the loop's thread. Whoever waits for a transfer is resumed only here, never from within libcurl.
final class TransferEngine {
    private let multi: UnsafeMutableRawPointer
    private var isDisposed = false
    private let poller: Poller
    var sockets: SocketTable

    /// The time at the beginning of this turn, in nanoseconds.
    private(set) var now = MonotonicClock.now()
    /// When libcurl wants to be called without an event.
    private var curlDeadline: UInt64?
    /// libcurl has been called since its finished transfers were last asked for.
    private var hasNews = false
    private var isClosed = false
    /// The sockets have been looked at since paused transfers last went on.
    private var isBehindSockets = false

    private var lanes: [Lane]
    private var lanesWithRoom: [Int] = []
    private var names: NameCache
    private var deadlines = DeadlineHeap()
    private var transfers: [Transfer] = []
    private var timers = LoopTimers()
    /// Who wants to hear of a descriptor that is not libcurl's.
    private var watchers: [CInt: (Poller.Interest) -> Void] = [:]
    private let pauses = PauseList()
    let streamNews = StreamNews()
    /// Those that no lane has kept.
    private var idle: [Transfer] = []

    /// Starts a look-up; its result comes back through `answer`.
    private let lookUp: (_ name: Int, _ host: String) -> Void

    init(
        backends: [Backend],
        poller: Poller,
        resolver: ResolverOptions,
        lookUp: @escaping (_ name: Int, _ host: String) -> Void
    ) throws(TransportError) {
        guard let multi = curl_multi_init() else { throw .failure(code: 0, detail: "curl_multi_init failed") }
        self.multi = multi
        self.poller = poller
        self.lookUp = lookUp
        sockets = SocketTable(poller: poller)
        lanes = backends.map(Lane.init)
        names = NameCache(options: resolver)
        makeRoomForConnections()
        _ = medley_multi_set_callbacks(
            multi,
            CurlCallbacks.socketInterest,
            CurlCallbacks.timer,
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    deinit {
        dispose()
    }

    /// Further backends, whose places follow those that are there.
    func add(_ backends: [Backend]) {
        guard !isClosed else { return }
        lanes += backends.map(Lane.init)
        makeRoomForConnections()
    }

    /// More than there can ever be in use: below the peak libcurl closes connections that are about to be needed.
    private func makeRoomForConnections() {
        let peak = lanes.reduce(0) { $0 + $1.backend.options.inFlightLimit }
        _ = medley_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 2 * min(peak, 1 << 20) + 64)
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> TransferEngine? {
        context.map { Unmanaged<TransferEngine>.fromOpaque($0).takeUnretainedValue() }
    }

    /// What the backends have seen on this loop.
    var counts: [BackendCounts] {
        lanes.map { lane in
            var counts = lane.counts
            counts.inFlight = lane.admission.inFlight
            counts.queued = lane.admission.count
            return counts
        }
    }

    // MARK: From a request to libcurl

    /// Checks a request and takes a transfer for it. `submit` has to follow, with no suspension between.
    func prepare(_ request: TransportRequest) throws(TransportError) -> Transfer {
        guard !isClosed else { throw .cancelled }
        let lane = request.backend.index
        guard lane < lanes.count, lanes[lane].backend === request.backend else {
            throw .invalidRequest(detail: "the backend is not of this transport")
        }
        try HeaderValidation.check(method: request.method, headers: request.headers)
        try HeaderValidation.check(sizeOf: request.url, headers: request.headers)
        if request.method == "HEAD" && request.body != nil {
            throw .invalidRequest(detail: "a HEAD request has no body")
        }
        let (origin, target, name) = try lanes[lane].place(of: request.url, names: &names)
        guard let transfer = lanes[lane].takeIdle() ?? idle.popLast() ?? newTransfer() else {
            throw .failure(code: Int(CURLE_OUT_OF_MEMORY.rawValue), detail: "no easy handle")
        }
        transfer.state = .prepared
        transfer.request = request
        transfer.lane = lane
        transfer.origin = origin
        transfer.target = target
        transfer.name = name
        // A streamed body is gone once it was sent.
        let isStreamedUp = request.stream.map { $0.upload != TransferStream.Upload.none } ?? false
        transfer.isSafe = (request.method == "GET" || request.method == "HEAD") && !isStreamedUp
        return transfer
    }

    /// Lets a prepared transfer begin, or wait, or fail at once.
    func submit(_ transfer: Transfer, _ waiter: Transfer.Waiter) {
        transfer.await(waiter)
        transfer.begun = now
        transfer.deadline = now &+ (transfer.request?.timeout.boundedNanoseconds ?? 0)
        guard transfer.deadline > now else { return finish(transfer, .failure(.timeout(.queued))) }
        switch lanes[transfer.lane].admission.arrive(transfer.slot) {
        case .start:
            resolve(transfer)
        case .wait(let place):
            transfer.state = .queued(place: place)
            deadlines.insert(transfer.slot, deadline: transfer.deadline)
        case .refuse:
            finish(transfer, .failure(.queueFull))
        }
    }

    /// Ends a transfer if it is still the one meant, unless it has begun and is to be finished.
    func cancel(_ transfer: Transfer, ticket: UInt64) {
        guard transfer.ticket == ticket else { return }
        if case .running = transfer.state, transfer.request?.finishesWhenCancelled == true { return }
        finish(transfer, .failure(.cancelled))
    }

    /// A look-up has ended.
    func answer(name: Int, _ answer: ResolverOptions.Answer) {
        for slot in names.answer(name, answer, now: now) {
            deadlines.remove(slot)
            resolve(transfers[slot])
        }
    }

    /// An admitted transfer needs an address, if its name does.
    private func resolve(_ transfer: Transfer) {
        // Admitted: from here on `finish` has a place to give back.
        transfer.state = .admitted
        guard let name = transfer.name else { return start(transfer) }
        switch names.ask(name, waiter: transfer.slot, now: now) {
        case .ready(let line, let refresh):
            transfer.resolve = line.map { (name, $0) }
            if refresh { lookUp(name, names.host(name)) }
            start(transfer)
        case .wait(let start):
            transfer.state = .resolving(name: name)
            deadlines.insert(transfer.slot, deadline: transfer.deadline)
            if start { lookUp(name, names.host(name)) }
        case .failed(let detail):
            finish(transfer, .failure(.resolve(detail: detail)))
        }
    }

    /// Hands a transfer to libcurl.
    private func start(_ transfer: Transfer) {
        guard transfer.deadline > now else { return finish(transfer, .failure(.timeout(.queued))) }
        transfer.started = now
        add(transfer)
    }

    private func add(_ transfer: Transfer) {
        transfer.restarted = now
        let remaining = Int((transfer.deadline &- now &+ 999_999) / 1_000_000)
        let engine = Unmanaged.passUnretained(self).toOpaque()
        var code = transfer.configure(lanes[transfer.lane].options, engine: engine)
        // The time of a stream is kept here: it ends with the response's head.
        let limit = transfer.stream == nil ? remaining : 0
        if code == CURLE_OK { code = medley_easy_set_long(transfer.easy, CURLOPT_TIMEOUT_MS, limit) }
        guard code == CURLE_OK else {
            return finish(transfer, .failure(.failure(code: Int(code.rawValue), detail: transfer.detail(of: code))))
        }
        let added = curl_multi_add_handle(multi, transfer.easy)
        guard added == CURLM_OK else {
            let detail = String(cString: curl_multi_strerror(added))
            return finish(transfer, .failure(.failure(code: Int(added.rawValue), detail: detail)))
        }
        transfer.state = .running
        // A request that waits for another's connection, to share it, is one whose time libcurl does not keep.
        if let stream = transfer.stream, let request = transfer.request {
            stream.begin(transfer, engine: self, deadline: transfer.deadline, timeout: request.timeout)
            deadlines.insert(transfer.slot, deadline: min(transfer.deadline, now &+ Self.streamCheck))
        }
        if transfer.mayWaitForAnother { deadlines.insert(transfer.slot, deadline: transfer.deadline) }
    }

    private func newTransfer() -> Transfer? {
        guard let transfer = Transfer(slot: transfers.count, pauses: pauses) else { return nil }
        transfers.append(transfer)
        return transfer
    }

    // MARK: From libcurl to the waiter

    /// libcurl is done with a transfer.
    private func ended(_ transfer: Transfer, _ code: CURLcode) {
        if let sent = transfer.resolve, transfer.progress.requested { names.confirm(sent.name, resolve: sent.line) }
        if let failure = transfer.sink.failure { return finish(transfer, .failure(failure)) }
        guard code == CURLE_OK else {
            if transfer.isSafe, !transfer.isRetry, transfer.deadline > now, transfer.isLostOnReuse(code) {
                return retry(transfer)
            }
            let detail = transfer.detail(of: code)
            let error = TransportError(code: code, progress: transfer.progress, detail: detail)
            return finish(transfer, .failure(error))
        }
        guard transfer.sink.status >= 200 else {
            return finish(transfer, .failure(.badResponse(detail: "no final status")))
        }
        finish(transfer, .success(transfer.sink.finish(timings: transfer.timings())))
    }

    /// Sends a safe request once more, on a connection of its own.
    private func retry(_ transfer: Transfer) {
        curl_multi_remove_handle(multi, transfer.easy)
        deadlines.remove(transfer.slot)
        transfer.state = .admitted
        transfer.isRetry = true
        add(transfer)
    }

    /// Takes a transfer out of wherever it is, gives it back to the pool and resumes who waits for it.
    private func finish(_ transfer: Transfer, _ outcome: Transfer.Outcome) {
        switch transfer.state {
        case .idle:
            return
        case .prepared:
            break
        case .queued(let place):
            lanes[transfer.lane].admission.withdraw(place: place)
            deadlines.remove(transfer.slot)
        case .admitted:
            leave(transfer.lane)
        case .resolving(let name):
            names.withdraw(name, waiter: transfer.slot)
            deadlines.remove(transfer.slot)
            leave(transfer.lane)
        case .running:
            curl_multi_remove_handle(multi, transfer.easy)
            deadlines.remove(transfer.slot)
            leave(transfer.lane)
        }
        if let stream = transfer.stream ?? transfer.request?.stream { stream.end(outcome.map { _ in }) }
        lanes[transfer.lane].counts.add(outcome, nanoseconds: now &- min(transfer.begun, now))
        if case .failure = outcome { transfer.forgetSetUp() }
        let waiter = transfer.recycle()
        if !lanes[transfer.lane].keep(transfer) { idle.append(transfer) }
        if let (group, number) = waiter { group.end(number, outcome) }
    }

    private func leave(_ lane: Int) {
        lanes[lane].admission.leave()
        if !lanes[lane].hasRoom && lanes[lane].admission.count > 0 {
            lanes[lane].hasRoom = true
            lanesWithRoom.append(lane)
        }
    }
}

// MARK: - Turning

extension TransferEngine {
    /// Does what is due without waiting: admits, ends what has waited too long, calls libcurl, finishes transfers.
    func advance() {
        resumePaused()
        admitWaiters()
        expireWaiters()
        while let action = timers.popDue(now: now) { action() }
        if let due = curlDeadline, due <= now {
            curlDeadline = nil
            act(CURL_SOCKET_TIMEOUT, 0)
        }
        defer { streamNews.flush() }
        guard hasNews else { return }
        hasNews = false
        var code = CURLE_OK
        while let easy = medley_multi_next_done(multi, &code) {
            if let transfer = Transfer.of(medley_easy_get_private(easy)) { ended(transfer, code) }
        }
    }

    /// Something is left that `advance` would do at once.
    var isDue: Bool {
        !lanesWithRoom.isEmpty || curlDeadline.map { $0 <= now } == true || timers.earliest.map { $0 <= now } == true
    }

    /// Something is left to do once the sockets have been looked at.
    var isDueBehindSockets: Bool { !pauses.isEmpty }

    /// Sleeps until something happens, and tells libcurl what.
    ///
    /// - Parameter isAsleep: false to look without waiting.
    func wait(isAsleep: Bool) {
        poller.wait(milliseconds: isAsleep ? sleepMilliseconds : 0) { descriptor, interest in
            if !watchers.isEmpty, let report = watchers[descriptor] { return report(interest) }
            guard sockets.isAwaited(descriptor) else { return }
            var events: CInt = 0
            if interest.contains(.read) { events |= CURL_CSELECT_IN }
            if interest.contains(.write) { events |= CURL_CSELECT_OUT }
            act(descriptor, events)
        }
        now = MonotonicClock.now()
        isBehindSockets = true
    }

    /// Ends every transfer with `.cancelled` and accepts no more.
    func close() {
        isClosed = true
        for transfer in transfers { finish(transfer, .failure(.cancelled)) }
    }

    /// Frees the handles and closes every connection, after `close` and with nothing to follow.
    func dispose() {
        guard !isDisposed else { return }
        isDisposed = true
        timers.removeAll()
        watchers.removeAll()
        // Transfers first: libcurl wants easy handles, which `close` has taken out, gone before their multi handle.
        idle.removeAll()
        lanes.removeAll()
        transfers.removeAll()
        curl_multi_cleanup(multi)
    }

    func addTimer(after delay: Duration, _ action: @escaping () -> Void) -> LoopTimer {
        timers.add(deadline: MonotonicClock.now() &+ delay.boundedNanoseconds, action)
    }

    func removeTimer(_ timer: LoopTimer) {
        timers.remove(timer)
    }

    /// Watches a descriptor, or changes what it is watched for. False when the system refuses.
    func watch(
        _ descriptor: CInt,
        _ interest: Poller.Interest,
        report: @escaping (Poller.Interest) -> Void
    ) -> Bool {
        let accepted =
            watchers[descriptor] == nil ? poller.add(descriptor, interest) : poller.modify(descriptor, interest)
        if accepted { watchers[descriptor] = report }
        return accepted
    }

    func unwatch(_ descriptor: CInt) {
        if watchers.removeValue(forKey: descriptor) != nil { poller.remove(descriptor) }
    }

    /// Called by libcurl, within any call to it.
    func setTimer(milliseconds: Int) {
        curlDeadline = milliseconds < 0 ? nil : now &+ UInt64(milliseconds) &* 1_000_000
    }

    private func act(_ descriptor: curl_socket_t, _ events: CInt) {
        var running: CInt = 0
        curl_multi_socket_action(multi, descriptor, events, &running)
        hasNews = true
    }

    /// Lets go on what has paused, after the sockets of all the others were looked at.
    private func resumePaused() {
        guard isBehindSockets else { return }
        isBehindSockets = false
        guard !pauses.isEmpty else { return }
        for transfer in pauses.takeAll() { resume(transfer) }
    }

    /// Lets a paused transfer go on. Not from within libcurl.
    func resume(_ transfer: Transfer) {
        guard transfer.isRunning else { return }
        // Brings the piece that was kept, and may pause again.
        let code = curl_easy_pause(transfer.easy, CURLPAUSE_CONT)
        hasNews = true
        // A piece that is refused is told here and nowhere else: were it the last, the transfer would stay for ever.
        // Without a connection it has come to its end, and there was nothing to bring.
        if code != CURLE_OK, code != CURLE_BAD_FUNCTION_ARGUMENT { ended(transfer, code) }
    }

    private func admitWaiters() {
        guard !lanesWithRoom.isEmpty else { return }
        let ready = lanesWithRoom
        lanesWithRoom.removeAll(keepingCapacity: true)
        for lane in ready {
            lanes[lane].hasRoom = false
            while let slot = lanes[lane].admission.next() {
                deadlines.remove(slot)
                resolve(transfers[slot])
            }
        }
    }

    private func expireWaiters() {
        while let slot = deadlines.popExpired(now: now) {
            let transfer = transfers[slot]
            if transfer.isRunning, let stream = transfer.stream, stream.deadline > now {
                deadlines.insert(slot, deadline: min(stream.deadline, now &+ Self.streamCheck))
                continue
            }
            let error: TransportError =
                switch transfer.state {
                case .queued: .timeout(.queued)
                case .running: TransportError(code: CURLE_OPERATION_TIMEDOUT, progress: transfer.progress, detail: "")
                default: .timeout(.resolving)
                }
            finish(transfer, .failure(error))
        }
    }

    /// Rounded up, so as not to wake before the time. −1: nothing is to come.
    private var sleepMilliseconds: CInt {
        let next = min(curlDeadline ?? .max, deadlines.earliest ?? .max, timers.earliest ?? .max)
        guard next != .max else { return -1 }
        guard next > now else { return 0 }
        return CInt(min((next - now + 999_999) / 1_000_000, 60_000))
    }
}
