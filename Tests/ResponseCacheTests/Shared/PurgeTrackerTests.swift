import TestSupport
import Testing

@testable import ResponseCache

@Suite("Purges of a shared counter") struct PurgeTrackerTests {
    private func purge(_ count: UInt32, epoch: UInt32 = 9, _ url: String? = nil) -> Purge {
        let generation = PurgeGeneration(epoch: epoch, count: count).number
        return Purge(generation: generation, target: .url(url ?? "u\(count)"))
    }

    private func tracker(at count: UInt32, epoch: UInt32 = 9) -> PurgeTracker {
        var tracker = PurgeTracker()
        _ = tracker.fetched([], epoch: epoch, upTo: count)
        return tracker
    }

    @Test("a node that starts takes in what the log still has, and begins there")
    func start() {
        var tracker = PurgeTracker()
        #expect(tracker.heard(purge(3)) == .check)
        #expect(tracker.checked(epoch: 9, count: 5) == .fetch(epoch: 9, after: 0, upTo: 5))
        let kept = [purge(3), purge(4), purge(5)]
        #expect(tracker.fetched(kept, epoch: 9, upTo: 5) == .reset(epoch: 9, count: 2, then: kept))
        #expect(tracker.known == PurgeGeneration(epoch: 9, count: 5))
    }

    @Test("without a counter there, one is begun")
    func none() {
        #expect(PurgeTracker().checked(epoch: nil, count: nil) == .establish(leaving: nil))
        #expect(tracker(at: 3).checked(epoch: 9, count: nil) == .establish(leaving: nil))
    }

    @Test("the next purge is delivered, and the same once more is not")
    func next() {
        var tracker = tracker(at: 5)
        #expect(tracker.heard(purge(6)) == .deliver([purge(6)]))
        #expect(tracker.heard(purge(6)) == .none)
        #expect(tracker.checked(epoch: 9, count: 6) == .none)
    }

    @Test("missed purges are fetched, by the next message or by the next check")
    func missed() {
        var tracker = tracker(at: 5)
        #expect(tracker.heard(purge(8)) == .fetch(epoch: 9, after: 5, upTo: 8))
        #expect(tracker.checked(epoch: 9, count: 8) == .fetch(epoch: 9, after: 5, upTo: 8))
        let missed = [purge(6), purge(7), purge(8)]
        #expect(tracker.fetched(missed, epoch: 9, upTo: 8) == .deliver(missed))
        #expect(tracker.fetched(missed, epoch: 9, upTo: 8) == .none)
    }

    @Test("the log may have more by then than was asked for")
    func more() {
        var tracker = tracker(at: 5)
        let page = [purge(6), purge(7), purge(8)]
        #expect(tracker.fetched(page, epoch: 9, upTo: 7) == .deliver([purge(6), purge(7)]))
        #expect(tracker.heard(purge(8)) == .deliver([purge(8)]))
    }

    @Test("where the log reaches back no more, everything before it counts as purged")
    func trimmed() {
        var tracker = tracker(at: 5)
        #expect(
            tracker.fetched([purge(8), purge(9)], epoch: 9, upTo: 9)
                == .reset(epoch: 9, count: 7, then: [purge(8), purge(9)])
        )
        var other = self.tracker(at: 5)
        #expect(other.fetched([], epoch: 9, upTo: 9) == .reset(epoch: 9, count: 9, then: []))
        var gap = self.tracker(at: 5)
        #expect(gap.fetched([purge(6), purge(8)], epoch: 9, upTo: 8) == .reset(epoch: 9, count: 7, then: [purge(8)]))
    }

    @Test("another epoch is entered anew")
    func epoch() {
        var tracker = tracker(at: 5)
        #expect(tracker.heard(purge(1, epoch: 2)) == .check)
        #expect(tracker.checked(epoch: 2, count: 1) == .fetch(epoch: 2, after: 0, upTo: 1))
        #expect(
            tracker.fetched([purge(1, epoch: 2)], epoch: 2, upTo: 1)
                == .reset(epoch: 2, count: 0, then: [purge(1, epoch: 2)])
        )
    }

    @Test("a counter that has gone back is left for a new epoch")
    func back() {
        #expect(tracker(at: 5).checked(epoch: 9, count: 4) == .establish(leaving: 9))
    }

    @Test("a number that was given twice is noticed")
    func twice() {
        var tracker = tracker(at: 5)
        _ = tracker.heard(purge(6))
        #expect(tracker.heard(purge(6, "another")) == .establish(leaving: 9))
    }

    @Test("however messages are lost, doubled and disordered, a check brings every purge, in order")
    func property() {
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<300 {
            var tracker = tracker(at: 0)
            var log: [Purge] = []
            var delivered: [Purge] = []
            func carryOut(_ action: PurgeTracker.Action) {
                switch action {
                case .deliver(let purges): delivered += purges
                case .fetch(_, let after, let upTo):
                    let page = log.filter { PurgeGeneration($0.generation).count > after }
                    carryOut(tracker.fetched(page, epoch: 9, upTo: upTo))
                case .check: carryOut(tracker.checked(epoch: 9, count: UInt32(log.count)))
                case .none: break
                case .reset, .establish: Issue.record("\(action)")
                }
            }
            for _ in 0..<60 {
                if generator.chance(1, in: 2) { log.append(purge(UInt32(log.count + 1))) }
                if generator.chance(1, in: 2), !log.isEmpty { carryOut(tracker.heard(generator.pick(log.suffix(5)))) }
                if generator.chance(1, in: 10) { carryOut(tracker.checked(epoch: 9, count: UInt32(log.count))) }
            }
            carryOut(tracker.checked(epoch: 9, count: UInt32(log.count)))
            #expect(delivered == log)
        }
    }

    @Test("a purge is read as it was written, and noise is none")
    func text() {
        let targets: [Purge.Target] = [.url("https://a/b c"), .prefix(""), .tag("é 1"), .all]
        for target in targets {
            let text = "4294967295 1 \(PurgeScripts.text(of: target))"
            let generation = PurgeGeneration(epoch: .max, count: 1).number
            #expect(PurgeScripts.purge(Array(text.utf8)) == Purge(generation: generation, target: target))
        }
        for text in ["", "1", "1 2", "1 2 ", "1 2 x", "1 2 ab", "1 0 ua", "x 2 ua", "1 4294967296 ua", "-1 2 ua"] {
            #expect(PurgeScripts.purge(Array(text.utf8)) == nil, "\(text)")
        }
        #expect(PurgeScripts.purge([0x31, 0x20, 0x31, 0x20, 0x75, 0xFF]) == nil)
    }
}
