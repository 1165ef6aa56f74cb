import ResponseCache
import TestSupport
import Testing

@Suite("The log of purges")
struct PurgeLogTests {
    static let seeds: ClosedRange<UInt64> = 1...50
    static let url = "https://shop.test/products/1?x=2"

    func isPurged(_ log: PurgeLog, _ generation: UInt64, tags: [String] = []) -> Bool {
        log.isPurged(generation: generation, url: Self.url, tags: tags)
    }

    func purge(_ generation: UInt64, _ target: Purge.Target = .url("https://shop.test/other")) -> Purge {
        Purge(generation: generation, target: target)
    }

    @Test("a URL is purged as a whole, and only what was requested before")
    func byURL() {
        let log = PurgeLog()
        log.record(.url("https://shop.test/products/1"))
        #expect(!isPurged(log, 0))
        let purge = log.record(.url(Self.url))
        #expect(purge.generation == 2)
        #expect(isPurged(log, 0))
        #expect(isPurged(log, 1))
        #expect(!isPurged(log, 2))
        #expect(log.current == 2)
    }

    @Test("a prefix is compared as text")
    func byPrefix() {
        let log = PurgeLog()
        log.record(.prefix("https://a/b"))
        for (url, isPurged) in [
            ("https://a/b", true), ("https://a/b?x", true), ("https://a/bc", true), ("https://a/b/c", true),
            ("https://a/", false), ("https://a/c", false), ("http://a/b", false), ("", false),
        ] {
            #expect(log.isPurged(generation: 0, url: url, tags: []) == isPurged, "\(url)")
            #expect(!log.isPurged(generation: 1, url: url, tags: []), "\(url)")
            #expect(Purge.Target.prefix("https://a/b").matches(url: url, tags: []) == isPurged, "\(url)")
        }
        log.record(.prefix("http"))
        #expect(log.isPurged(generation: 1, url: "https://a/c", tags: []))
    }

    @Test("a tag is for all that have it, and .all for everything")
    func byTag() {
        let log = PurgeLog()
        log.record(.tag("red"))
        #expect(isPurged(log, 0, tags: ["blue", "red"]))
        #expect(!isPurged(log, 0, tags: ["blue"]))
        #expect(!isPurged(log, 1, tags: ["red"]))
        log.record(.all)
        #expect(isPurged(log, 1))
        #expect(!isPurged(log, 2))
    }

    @Test("what is older than a forgotten purge counts as purged")
    func forgets() {
        let log = PurgeLog(limit: 80)
        for number in 0..<80 { log.record(.url("https://shop.test/other/\(number)")) }
        #expect(!isPurged(log, 0))
        log.record(.tag("red"))
        #expect(isPurged(log, 0))
        #expect(!isPurged(log, 79))
        #expect(log.isPurged(generation: 78, url: "https://shop.test/other/79", tags: []))
        for _ in 0..<1_000 { log.record(.prefix("https://shop.test/other")) }
        #expect(isPurged(log, 900))
        #expect(!isPurged(log, 1_050))
    }

    @Test("purges that come in order are applied, and a second time change nothing")
    func inOrder() {
        let log = PurgeLog()
        #expect(log.apply(purge(1)) == .applied)
        #expect(log.apply(purge(2, .tag("red"))) == .applied)
        #expect(log.apply(purge(1, .url(Self.url))) == .known)
        #expect(log.current == 2)
        #expect(!isPurged(log, 0))
        #expect(isPurged(log, 1, tags: ["red"]))
    }

    @Test("while purges are missing all that is older counts as purged; once they came, what they name")
    func gaps() {
        let log = PurgeLog()
        #expect(log.apply(purge(1)) == .applied)
        #expect(log.apply(purge(5)) == .missing(2...4))
        #expect(log.missing == [2...4])
        #expect(isPurged(log, 3))
        #expect(!isPurged(log, 4))
        #expect(log.apply(purge(3, .tag("red"))) == .applied)
        #expect(log.missing == [2...2, 4...4])
        #expect(isPurged(log, 3))
        #expect(log.apply(purge(4)) == .applied)
        #expect(isPurged(log, 1))
        #expect(!isPurged(log, 2))
        #expect(log.apply(purge(2)) == .applied)
        #expect(log.missing == [])
        #expect(!isPurged(log, 1))
        #expect(isPurged(log, 1, tags: ["red"]))
        #expect(!isPurged(log, 3, tags: ["red"]))
        #expect(log.apply(purge(2)) == .known)
    }

    @Test("when the missing are not to be had, everything older counts as purged for good")
    func gapsGivenUp() {
        let log = PurgeLog()
        #expect(log.apply(purge(9)) == .missing(1...8))
        #expect(log.reset(epoch: 0, generation: 9))
        #expect(log.missing == [])
        #expect(isPurged(log, 8))
        #expect(!isPurged(log, 9))
    }

    @Test("more gaps than are kept are as purges of everything")
    func manyGaps() {
        let log = PurgeLog()
        for number in 1...200 { _ = log.apply(purge(UInt64(number) * 2)) }
        #expect(log.missing.count == 64)
        while let gap = log.missing.first { #expect(log.apply(purge(gap.lowerBound)) == .applied) }
        #expect(isPurged(log, 200))
        #expect(!isPurged(log, 272))
    }

    @Test("a counter with a new epoch makes everything older purged, and its numbers begin anew")
    func newEpoch() {
        let log = PurgeLog()
        #expect(log.reset(epoch: 7, generation: 100))
        let old = log.current
        #expect(!isPurged(log, old))
        let next = PurgeGeneration(epoch: 3, count: 2)
        #expect(log.apply(purge(next.number)) == .otherEpoch)
        #expect(!isPurged(log, old))
        #expect(log.reset(epoch: 3, generation: 1))
        #expect(isPurged(log, old))
        #expect(isPurged(log, 0))
        #expect(log.apply(purge(next.number)) == .applied)
        #expect(log.apply(purge(old)) == .otherEpoch)
        #expect(!isPurged(log, PurgeGeneration(epoch: 3, count: 1).number))
    }

    @Test("a counter that went back is refused")
    func wentBack() {
        let log = PurgeLog()
        #expect(log.reset(epoch: 7, generation: 100))
        #expect(!log.reset(epoch: 7, generation: 99))
        #expect(log.reset(epoch: 8, generation: 0))
        #expect(!log.reset(epoch: 7, generation: 1_000))
        #expect(!log.reset(epoch: 0, generation: 1_000))
        #expect(PurgeGeneration(log.current) == PurgeGeneration(epoch: 8, count: 0))
    }

    @Test("a node's own numbers go on in a new epoch when they are used up")
    func usedUp() {
        let log = PurgeLog()
        #expect(log.reset(epoch: 0, generation: .max - 1))
        log.record(.tag("red"))
        let last = log.current
        #expect(PurgeGeneration(last) == PurgeGeneration(epoch: 0, count: .max))
        log.record(.tag("red"))
        #expect(PurgeGeneration(log.current) == PurgeGeneration(epoch: 1, count: 1))
        #expect(isPurged(log, last))
        #expect(!isPurged(log, log.current))
    }

    @Test("whatever order purges come in, none that matters is overlooked", arguments: seeds)
    func anyOrder(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let tags = ["red", "green", "blue"]
        let urls = (0..<5).map { "https://shop.test/\($0)" }
        let issued = (1...60).map { number in
            let targets: [Purge.Target] = [
                .url(random.pick(urls)), .tag(random.pick(tags)), .prefix(random.pick(urls)),
            ]
            return purge(UInt64(number), random.pick(targets))
        }
        var arriving =
            issued.filter { _ in !random.chance(1, in: 10) } + issued.filter { _ in random.chance(1, in: 10) }
        for position in arriving.indices.dropLast() where random.chance(1, in: 2) {
            arriving.swapAt(position, position + 1)
        }
        let log = PurgeLog(limit: 40)
        for next in arriving {
            _ = log.apply(next)
            for generation in 0...log.current {
                let (url, tag) = (random.pick(urls), random.pick(tags))
                let isStale = issued.contains {
                    $0.generation > generation && $0.generation <= log.current
                        && $0.target.matches(url: url, tags: [tag])
                }
                if isStale { #expect(log.isPurged(generation: generation, url: url, tags: [tag])) }
            }
        }
        #expect(log.current >= 50)
        #expect(!log.isPurged(generation: log.current, url: urls[0], tags: tags))
    }
}
