import TestSupport
import Testing

@testable import ResponseCache

@Suite("Breaker of Redis") struct RedisBreakerTests {
    private static let outOfMemory = RedisFailure.reply(RedisErrorReply("OOM command not allowed"))
    private static let readOnly = RedisFailure.reply(RedisErrorReply("READONLY You can't write"))

    /// A class, so that an expectation may change it.
    private final class Subject {
        var breaker = RedisBreaker()
        var generator = SeededGenerator(seed: 1)

        func beginProbe(now: Int64) -> Bool { breaker.beginProbe(now: now) }

        func fail(_ failure: RedisFailure = .timeout, _ use: RedisBreaker.Use = .read, at now: Int64)
            -> RedisBreaker.Action
        {
            breaker.failed(failure, use: use, now: now, using: &generator)
        }

        func open(at now: Int64) -> Int64? {
            for _ in 0..<4 { _ = fail(at: now) }
            guard case .open(let pause) = fail(at: now) else { return nil }
            return now + pause
        }
    }

    @Test("five failures in a row open it, and an answer between begins anew")
    func inARow() throws {
        let subject = Subject()
        for _ in 0..<4 { #expect(subject.fail(at: 0) == .none) }
        #expect(subject.breaker.succeeded(.read, now: 0) == .none)
        for _ in 0..<4 { #expect(subject.fail(at: 0) == .none) }
        #expect(subject.breaker.refusal(of: .read, now: 0) == nil)
        guard case .open(let pause) = subject.fail(at: 0) else {
            Issue.record("not opened")
            return
        }
        #expect((1_000...1_500).contains(pause))
        #expect(subject.breaker.refusal(of: .read, now: 0) == .breakerOpen)
        #expect(subject.breaker.refusal(of: .write, now: 1_000_000) == .breakerOpen)
    }

    @Test("half of twenty answers failing open it, without five in a row")
    func share() {
        let subject = Subject()
        var opened = false
        for index in 0..<20 {
            if index % 2 == 0 {
                #expect(subject.breaker.succeeded(.read, now: 0) == .none)
            } else if case .open = subject.fail(at: 0) {
                opened = true
                #expect(index == 19)
            }
        }
        #expect(opened)
    }

    @Test("failures of an earlier window do not count for the share")
    func window() {
        let subject = Subject()
        for _ in 0..<3 {
            for _ in 0..<4 { #expect(subject.fail(at: 0) == .none) }
            _ = subject.breaker.succeeded(.read, now: 0)
        }
        for index in 0..<8 {
            #expect(subject.fail(at: 10_000) == .none, "\(index)")
            _ = subject.breaker.succeeded(.read, now: 10_000)
        }
    }

    @Test("there is no probe before its time, and one at a time then")
    func probes() throws {
        let subject = Subject()
        let probeAt = try #require(subject.open(at: 5_000))
        #expect(!subject.beginProbe(now: probeAt - 1))
        #expect(subject.beginProbe(now: probeAt))
        #expect(!subject.beginProbe(now: probeAt + 10_000))
        #expect(subject.breaker.refusal(of: .read, now: probeAt) == .breakerOpen)
    }

    @Test("pauses double up to the longest, never below a second, with jitter")
    func backOff() throws {
        let subject = Subject()
        var now = try #require(subject.open(at: 0))
        var pauses: [Int64] = []
        for _ in 0..<40 {
            #expect(subject.beginProbe(now: now))
            guard
                case .probe(let pause) = subject.breaker.probeEnded(
                    isWell: false,
                    now: now,
                    using: &subject.generator
                )
            else {
                Issue.record("no next probe")
                return
            }
            pauses.append(pause)
            now += pause
        }
        #expect((2_000...3_000).contains(pauses[0]))
        for pause in pauses[1...] { #expect((4_000...6_000).contains(pause)) }
        #expect(Set(pauses).count > 20)
    }

    @Test("a probe that is well closes it, and failures count from nothing")
    func recovery() throws {
        let subject = Subject()
        let probeAt = try #require(subject.open(at: 0))
        #expect(subject.beginProbe(now: probeAt))
        #expect(subject.breaker.probeEnded(isWell: true, now: probeAt, using: &subject.generator) == .close)
        #expect(subject.breaker.refusal(of: .read, now: probeAt) == nil)
        for _ in 0..<4 { #expect(subject.fail(at: probeAt) == .none) }
        guard case .open(let pause) = subject.fail(at: probeAt) else {
            Issue.record("not opened again")
            return
        }
        #expect((1_000...1_500).contains(pause))
    }

    @Test("what comes late from before it opened changes nothing")
    func late() throws {
        let subject = Subject()
        let probeAt = try #require(subject.open(at: 0))
        #expect(subject.fail(at: 1) == .none)
        #expect(subject.breaker.succeeded(.read, now: 1) == .none)
        #expect(subject.breaker.lost(now: 1, using: &subject.generator) == .none)
        #expect(subject.breaker.probeEnded(isWell: true, now: 1, using: &subject.generator) == .none)
        #expect(subject.breaker.state == .open(probeAt: probeAt))
    }

    @Test("no connection at all opens it at once")
    func lost() {
        let subject = Subject()
        guard case .open = subject.breaker.lost(now: 0, using: &subject.generator) else {
            Issue.record("not opened")
            return
        }
    }

    @Test("a refusal to write pauses writes, and reads go on", arguments: [outOfMemory, readOnly])
    func writePause(failure: RedisFailure) {
        let subject = Subject()
        #expect(subject.fail(failure, .write, at: 0) == .pauseWrites)
        for _ in 0..<100 { #expect(subject.fail(failure, .write, at: 1) == .none) }
        #expect(subject.breaker.refusal(of: .write, now: 5_000) == .writesPaused)
        #expect(subject.breaker.refusal(of: .read, now: 5_000) == nil)
        #expect(subject.breaker.refusal(of: .write, now: 5_001) == nil)
        #expect(subject.breaker.succeeded(.read, now: 6_000) == .none)
        #expect(subject.breaker.succeeded(.write, now: 6_000) == .resumeWrites)
        #expect(subject.breaker.succeeded(.write, now: 6_000) == .none)
    }

    @Test("a write that is refused again after the pause pauses again without a word")
    func secondPause() {
        let subject = Subject()
        #expect(subject.fail(Self.readOnly, .write, at: 0) == .pauseWrites)
        #expect(subject.fail(Self.readOnly, .write, at: 6_000) == .none)
        #expect(subject.breaker.refusal(of: .write, now: 10_999) == .writesPaused)
    }

    @Test(
        "what was not sent, and what is wrong with a command only, opens nothing",
        arguments: [
            RedisFailure.breakerOpen, .writesPaused, .notConnected, .tooManyInFlight, .closed,
            .reply(RedisErrorReply("MOVED 1 127.0.0.1:1")), .reply(RedisErrorReply("WRONGTYPE Operation")),
        ]
    )
    func harmless(failure: RedisFailure) {
        let subject = Subject()
        for _ in 0..<100 { #expect(subject.fail(failure, at: 0) == .none) }
    }

    @Test(
        "failures of the server open it",
        arguments: [
            RedisFailure.timeout, .connection(detail: ""), .invalidReply(detail: ""), .tooLarge,
            .reply(RedisErrorReply("LOADING Redis is loading")),
            .reply(RedisErrorReply("NOAUTH Authentication required.")),
            .reply(RedisErrorReply("NOPERM this user has no permissions")),
        ]
    )
    func failures(failure: RedisFailure) {
        let subject = Subject()
        for _ in 0..<4 { #expect(subject.fail(failure, at: 0) == .none) }
        #expect(subject.fail(failure, at: 0) != .none)
    }

    @Test("random events never let two probes be nearer than a second")
    func property() {
        var generator = SeededGenerator(seed: 42)
        for _ in 0..<200 {
            var breaker = RedisBreaker()
            var now: Int64 = 0
            var last: Int64?
            for _ in 0..<400 {
                now += Int64.random(in: 0...700, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: _ = breaker.succeeded(.read, now: now)
                case 1, 2: _ = breaker.failed(.timeout, use: .read, now: now, using: &generator)
                case 3: _ = breaker.probeEnded(isWell: generator.chance(1, in: 4), now: now, using: &generator)
                default:
                    guard breaker.beginProbe(now: now) else { continue }
                    if let last { #expect(now - last >= 1_000) }
                    last = now
                }
            }
        }
    }
}
