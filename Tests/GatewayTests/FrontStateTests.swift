import JSONSlices
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

@Suite("Front: what a connection decides")
struct FrontStateTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func state(_ change: (inout FrontLimits) -> Void = { _ in }) -> ConnectionState {
        var limits = FrontLimits()
        change(&limits)
        return ConnectionState(limits: limits, now: start)
    }

    private func head(_ text: String = "GET", keepAlive: Bool = true, expects: Bool = false) throws -> CheckedHead {
        CheckedHead(
            target: try RequestTarget(parsing: "/", method: text),
            expectsContinue: expects,
            keepAlive: keepAlive,
            isSafe: CheckedHead.isSafe(HTTPMethod(rawValue: text))
        )
    }

    private func summary(_ method: String = "GET") -> RequestSummary {
        RequestSummary(id: "i", method: method, path: "/", isHead: false, isHTTP10: false, received: start)
    }

    /// Begins and completes a request.
    private func request(
        _ state: inout ConnectionState,
        _ method: String = "GET",
        keepAlive: Bool = true
    ) throws -> UInt64 {
        _ = state.begin(summary(method), head: try head(method, keepAlive: keepAlive), now: start)
        guard case .dispatch(let id) = state.receivedEnd() else {
            Issue.record("not dispatched")
            return 0
        }
        return id
    }

    private func reply(_ text: String) -> FrontReply { FrontReply(status: 200, body: Array(text.utf8)) }

    @Test("replies leave in the order of their requests")
    func order() throws {
        var state = state()
        let first = try request(&state)
        let second = try request(&state)
        #expect(state.replied(reply("2"), to: second) == true)
        #expect(state.nextWrite(now: start) == nil)
        #expect(state.replied(reply("1"), to: first) == true)
        #expect(state.nextWrite(now: start)?.reply.body.bytes == Array("1".utf8))
        let write = state.nextWrite(now: start)
        #expect(write?.reply.body.bytes == Array("2".utf8))
        #expect(write?.isLast == false)
        #expect(state.nextWrite(now: start) == nil)
    }

    @Test("a second reply, and one to an unknown request, are not accepted")
    func onlyOnce() throws {
        var state = state()
        let id = try request(&state)
        #expect(state.replied(reply("1"), to: id) == true)
        #expect(state.replied(reply("2"), to: id) == false)
        #expect(state.replied(reply("3"), to: 99) == false)
        _ = state.nextWrite(now: start)
        #expect(state.replied(reply("4"), to: id) == false)
    }

    @Test("safe requests overlap up to the limit, unsafe ones never, none while the socket is full")
    func mayBegin() throws {
        var state = state { $0.maxPipelinedRequests = 2 }
        #expect(state.mayBegin(isSafe: false, expectsContinue: true))
        let first = try request(&state)
        #expect(state.mayBegin(isSafe: true, expectsContinue: false))
        #expect(!state.mayBegin(isSafe: true, expectsContinue: true))
        #expect(!state.mayBegin(isSafe: false, expectsContinue: false))
        _ = try request(&state)
        #expect(!state.mayBegin(isSafe: true, expectsContinue: false))
        _ = state.replied(reply(""), to: first)
        _ = state.nextWrite(now: start)
        #expect(state.mayBegin(isSafe: true, expectsContinue: false))
        state.isWritable = false
        #expect(!state.mayBegin(isSafe: true, expectsContinue: false))
    }

    @Test("nothing begins beside an unsafe request")
    func besideUnsafe() throws {
        var state = state()
        _ = try request(&state, "POST")
        #expect(!state.mayBegin(isSafe: true, expectsContinue: false))
    }

    @Test("only the last reply of a connection that ends is marked so")
    func lastReply() throws {
        var state = state()
        let first = try request(&state)
        let second = try request(&state, keepAlive: false)
        #expect(!state.acceptsRequests)
        for id in [first, second] { _ = state.replied(reply(""), to: id) }
        #expect(state.nextWrite(now: start)?.isLast == false)
        #expect(state.nextWrite(now: start)?.isLast == true)
        #expect(state.wroteLast(now: start) == .close)
    }

    @Test("input that nobody will read makes the close linger, for a while")
    func linger() throws {
        var state = state()
        _ = state.begin(summary("POST"), head: try head("POST"), now: start)
        #expect(state.refuse(reply(""), request: summary()) == true)
        #expect(state.receivedBody(bytes: 1) == .discard)
        #expect(state.receivedEnd() == .discard)
        #expect(state.nextWrite(now: start)?.isLast == true)
        #expect(state.wroteLast(now: start) == .linger)
        #expect(state.checkDeadlines(now: start + .seconds(1), unsentBytes: 0, writtenBytes: 0) == .none)
        #expect(state.checkDeadlines(now: start + .seconds(2), unsentBytes: 0, writtenBytes: 0) == .close)
    }

    @Test("a connection is refused once")
    func refusedOnce() {
        var state = state()
        #expect(state.refuse(reply(""), request: summary()) == true)
        #expect(state.refuse(reply(""), request: summary()) == false)
    }

    @Test("a body is counted without overflow")
    func bodyLimit() throws {
        var state = state { $0.maxBodyBytes = 10 }
        _ = state.begin(summary("POST"), head: try head("POST"), now: start)
        #expect(state.receivedBody(bytes: 10) == .append)
        #expect(state.receivedBody(bytes: 0) == .append)
        #expect(state.receivedBody(bytes: .max) == .refuse)
        #expect(state.receivedBody(bytes: 1) == .refuse)
    }

    @Test("each stage of a request has its own deadline")
    func deadlines() throws {
        var state = state()
        #expect(state.checkDeadlines(now: start + .seconds(74), unsentBytes: 0, writtenBytes: 0) == .none)
        #expect(state.checkDeadlines(now: start + .seconds(75), unsentBytes: 0, writtenBytes: 0) == .close)
        state.receivedPartOfHead(now: start)
        #expect(state.checkDeadlines(now: start + .seconds(9), unsentBytes: 0, writtenBytes: 0) == .none)
        state.receivedPartOfHead(now: start + .seconds(9))
        #expect(
            state.checkDeadlines(now: start + .seconds(10), unsentBytes: 0, writtenBytes: 0) == .refuse(.slowHeaders)
        )
        _ = state.begin(summary(), head: try head(), now: start)
        #expect(state.checkDeadlines(now: start + .seconds(29), unsentBytes: 0, writtenBytes: 0) == .none)
        #expect(state.checkDeadlines(now: start + .seconds(30), unsentBytes: 0, writtenBytes: 0) == .refuse(.slowBody))
        guard case .dispatch(let id) = state.receivedEnd() else { return }
        #expect(state.checkDeadlines(now: start + .hours(1), unsentBytes: 0, writtenBytes: 0) == .none)
        _ = state.replied(reply(""), to: id)
        _ = state.nextWrite(now: start + .hours(1))
        #expect(state.checkDeadlines(now: start + .hours(1), unsentBytes: 0, writtenBytes: 0) == .none)
        #expect(state.checkDeadlines(now: start + .hours(1) + .seconds(75), unsentBytes: 0, writtenBytes: 0) == .close)
    }

    @Test("a head that waits for its turn does not time out")
    func heldHead() throws {
        var state = state { $0.maxPipelinedRequests = 1 }
        _ = try request(&state)
        state.receivedPartOfHead(now: start)
        state.holdHead()
        #expect(state.checkDeadlines(now: start + .hours(1), unsentBytes: 0, writtenBytes: 0) == .none)
    }

    @Test("a client is given up when it takes nothing for the write timeout, not when it is slow")
    func stalled() {
        var state = state()
        for step in 0..<10 {
            let now = start + .seconds(50 * Int64(step))
            #expect(state.checkDeadlines(now: now, unsentBytes: 1000, writtenBytes: 1000 + step) == .none)
        }
        let stopped = start + .seconds(500)
        #expect(state.checkDeadlines(now: stopped, unsentBytes: 1000, writtenBytes: 1500) == .none)
        #expect(state.checkDeadlines(now: stopped + .seconds(59), unsentBytes: 1000, writtenBytes: 1500) == .none)
        #expect(state.checkDeadlines(now: stopped + .seconds(60), unsentBytes: 1000, writtenBytes: 1500) == .close)
    }

    @Test("a large body that is being sent keeps its connection, whatever the timers and a drain say")
    func sending() throws {
        var state = state()
        let id = try request(&state)
        _ = state.replied(reply("1"), to: id)
        _ = state.nextWrite(now: start)
        state.beganSending()
        #expect(state.checkDeadlines(now: start + .hours(1), unsentBytes: 0, writtenBytes: 9) == .none)
        #expect(state.drain() == .none)
        let isLast = state.finishedSending(now: start)
        #expect(isLast)
    }

    @Test("while a large body is being sent a request may begin, but not one that is to be told to go on")
    func beginWhileSending() throws {
        var state = state()
        let id = try request(&state)
        _ = state.replied(reply("1"), to: id)
        _ = state.nextWrite(now: start)
        state.beganSending()
        #expect(state.mayBegin(isSafe: true, expectsContinue: false))
        #expect(state.mayBegin(isSafe: false, expectsContinue: false))
        #expect(!state.mayBegin(isSafe: false, expectsContinue: true))
        _ = state.finishedSending(now: start)
        #expect(state.mayBegin(isSafe: false, expectsContinue: true))
    }

    @Test("draining closes an idle connection, and begins nothing after what is in flight")
    func drain() throws {
        var idle = state()
        #expect(idle.drain() == .close)
        #expect(!idle.acceptsRequests)

        var busy = state()
        let id = try request(&busy)
        #expect(busy.drain() == .none)
        #expect(!busy.acceptsRequests)
        _ = busy.replied(reply(""), to: id)
        #expect(busy.nextWrite(now: start)?.isLast == true)

        var receiving = state()
        receiving.receivedPartOfHead(now: start)
        #expect(receiving.drain() == .none)
        let late = try request(&receiving)
        _ = receiving.replied(reply(""), to: late)
        #expect(receiving.nextWrite(now: start)?.isLast == true)
    }

    @Test("a client that leaves leaves behind what was in flight, once")
    func closed() throws {
        var state = state()
        let first = try request(&state)
        _ = try request(&state)
        state.started(first, cancellation: NothingToCancel())
        let left = state.closed()
        #expect(left.map { $0.cancellation != nil } == [true, false])
        #expect(state.closed().count == 0)
        #expect(state.replied(reply(""), to: first) == false)
    }
}

extension ConnectionState.Write: Equatable {
    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.reply.body.bytes == rhs.reply.body.bytes && lhs.isLast == rhs.isLast
    }
}
