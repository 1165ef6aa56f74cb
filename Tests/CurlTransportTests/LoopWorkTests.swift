import Glibc
import Synchronization
import Testing

@testable import CurlTransport

extension TransportTests {
    /// What other libraries do on a loop.
    @Suite("Work on a loop") struct LoopWork {
        /// Runs `body` on the loop and waits until it has reported `count` events.
        private func events(
            _ count: Int,
            _ body: @escaping @Sendable (CurlLoop, Recorder<String>) -> Void
        ) async throws -> [String] {
            try await withTransport { transport, _ in
                let events = Recorder<String>()
                let loop = transport.loops[0]
                loop.execute { body(loop, events) }
                await events.wait(for: count)
                return events.all
            }
        }

        @Test("timers run in the order of their times, on the loop, and not before")
        func timers() async throws {
            let seen = try await events(3) { loop, events in
                let begin = MonotonicClock.now()
                for delay in [40, 1, 20] {
                    _ = loop.schedule(after: .milliseconds(delay)) {
                        let isLate = MonotonicClock.now() - begin >= UInt64(delay) * 1_000_000
                        events.append("\(delay) \(loop.isCurrent) \(isLate)")
                    }
                }
            }
            #expect(seen == ["1 true true", "20 true true", "40 true true"])
        }

        @Test("a timer that is taken away does not run, even by one of the same time")
        func cancelled() async throws {
            let seen = try await events(2) { loop, events in
                let timers = Recorder<LoopTimer>()
                _ = loop.schedule(after: .milliseconds(2)) {
                    events.append("first")
                    for timer in timers.all { loop.cancel(timer) }
                    // Two of a number: the second cancel must not hit the slot's next user.
                    _ = loop.schedule(after: .milliseconds(1)) { events.append("last") }
                    for timer in timers.all { loop.cancel(timer) }
                }
                for _ in 0..<3 {
                    timers.append(loop.schedule(after: .milliseconds(2)) { events.append("taken away") })
                }
                usleep(5_000)
            }
            #expect(seen == ["first", "last"])
        }

        @Test("a timer that sets itself again lets other work run")
        func repeating() async throws {
            let seen = try await events(1) { loop, events in
                let isDone = Atomic(false)
                let box = Repeater(loop: loop)
                box.again { !isDone.load(ordering: .relaxed) }
                loop.execute {
                    isDone.store(true, ordering: .relaxed)
                    events.append("other work")
                }
            }
            #expect(seen == ["other work"])
        }

        private final class Repeater: @unchecked Sendable {
            // Used on the loop alone.
            let loop: CurlLoop
            init(loop: CurlLoop) { self.loop = loop }
            func again(while goesOn: @escaping @Sendable () -> Bool) {
                _ = loop.schedule(after: .zero) { if goesOn() { self.again(while: goesOn) } }
            }
        }

        @Test("a descriptor is reported for what it is watched for, until it is not")
        func descriptors() async throws {
            let seen = try await events(4) { loop, events in
                var ends: [CInt] = [0, 0]
                guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0 else { return }
                let (ours, peer) = (ends[0], ends[1])
                _ = loop.watch(ours, read: false, write: true) { isReadable, isWritable in
                    events.append("write \(isReadable) \(isWritable)")
                    _ = loop.watch(ours, read: true, write: false) { isReadable, isWritable in
                        events.append("read \(isReadable) \(isWritable)")
                        loop.unwatch(ours)
                        // Were it still watched, it would be reported again at once, being readable.
                        _ = loop.schedule(after: .milliseconds(5)) {
                            events.append("quiet")
                            _ = loop.watch(ours, read: true, write: false) { isReadable, _ in
                                events.append("again \(isReadable)")
                                loop.unwatch(ours)
                                close(ours)
                                close(peer)
                            }
                        }
                    }
                    _ = send(peer, "x", 1, 0)
                }
            }
            #expect(seen == ["write false true", "read true false", "quiet", "again true"])
        }

        @Test("a descriptor that cannot be watched is refused, and one that is not watched can be forgotten")
        func refused() async throws {
            let seen = try await events(1) { loop, events in
                loop.unwatch(12_345)
                events.append("\(loop.watch(12_345, read: true, write: false) { _, _ in })")
            }
            #expect(seen == ["false"])
        }

        @Test("a loop that is told to stop says so, and later than that at once")
        func stopping() async throws {
            let transport = try CurlTransport(backends: [], loops: 1)
            let loop = transport.loops[0]
            let events = Recorder<String>()
            loop.execute {
                loop.onStop {
                    events.append("stop \(loop.isCurrent)")
                    loop.onStop { events.append("late") }
                }
            }
            await transport.shutdown()
            #expect(events.all == ["stop true", "late"])
            #expect(!loop.execute { events.append("never") })
        }

        @Test("a look-up that blocks does not hold the loop up, and is answered on it")
        func lookUp() async throws {
            let release = Recorder<Void>()
            let resolver = ResolverOptions { host in
                release.block(until: 1)
                return .addresses([host + ".address"])
            }
            try await withTransport(resolver: resolver) { transport, _ in
                let loop = transport.loops[0]
                let events = Recorder<String>()
                loop.lookUp("name") { events.append("\($0 == .addresses(["name.address"])) \(loop.isCurrent)") }
                loop.execute {
                    _ = loop.schedule(after: .milliseconds(1)) {
                        events.append("timer")
                        release.append(())
                    }
                }
                await events.wait(for: 2)
                #expect(events.all == ["timer", "true true"])
            }
        }
    }
}
