import Testing

@testable import CurlTransport

@Suite("Name cache") struct NameCacheTests {
    private let second: UInt64 = 1_000_000_000
    private let addresses = ResolverOptions.Answer.addresses(["10.0.0.1", "::1"])
    private let line = "a:80:10.0.0.1,[::1]"

    private func cache() -> (NameCache, Int) {
        var cache = NameCache(options: ResolverOptions())
        let name = cache.index(host: "a", port: 80)
        return (cache, name)
    }

    @Test("one look-up serves all who wait, in their order")
    func singleFlight() {
        var (cache, name) = cache()
        #expect(cache.ask(name, waiter: 1, now: 0) == .wait(start: true))
        #expect(cache.ask(name, waiter: 2, now: 0) == .wait(start: false))
        #expect(cache.ask(name, waiter: 3, now: 0) == .wait(start: false))
        cache.withdraw(name, waiter: 2)
        #expect(cache.answer(name, addresses, now: 0) == [1, 3])
        #expect(cache.ask(name, waiter: 1, now: second) == .ready(resolve: line, refresh: false))
    }

    @Test("libcurl is told until it is seen to have connected, and again when the addresses change")
    func confirmation() {
        var (cache, name) = cache()
        _ = cache.ask(name, waiter: 1, now: 0)
        _ = cache.answer(name, addresses, now: 0)
        cache.confirm(name, resolve: line)
        #expect(cache.ask(name, waiter: 1, now: 1) == .ready(resolve: nil, refresh: false))
        _ = cache.answer(name, addresses, now: 2)
        #expect(cache.ask(name, waiter: 1, now: 3) == .ready(resolve: nil, refresh: false))
        _ = cache.answer(name, .addresses(["10.0.0.2"]), now: 4)
        cache.confirm(name, resolve: line)
        #expect(cache.ask(name, waiter: 1, now: 5) == .ready(resolve: "a:80:10.0.0.2", refresh: false))
    }

    @Test("an answer past its freshness is used while one new look-up runs, and survives its failure")
    func staleness() {
        var (cache, name) = cache()
        _ = cache.ask(name, waiter: 1, now: 0)
        _ = cache.answer(name, addresses, now: 0)
        #expect(cache.ask(name, waiter: 1, now: 31 * second) == .ready(resolve: line, refresh: true))
        #expect(cache.ask(name, waiter: 1, now: 31 * second) == .ready(resolve: line, refresh: false))
        #expect(cache.answer(name, .failure(detail: "x"), now: 32 * second) == [])
        #expect(cache.ask(name, waiter: 1, now: 33 * second) == .ready(resolve: line, refresh: true))
        #expect(cache.ask(name, waiter: 1, now: 301 * second) == .wait(start: false))
        #expect(cache.answer(name, .failure(detail: "x"), now: 302 * second) == [1])
        #expect(cache.ask(name, waiter: 1, now: 302 * second) == .failed(detail: "x"))
    }

    @Test("a failure is remembered for a second")
    func failure() {
        var (cache, name) = cache()
        _ = cache.ask(name, waiter: 1, now: 0)
        #expect(cache.answer(name, .addresses([]), now: 0) == [1])
        #expect(cache.ask(name, waiter: 1, now: second - 1) == .failed(detail: "a: no address"))
        #expect(cache.ask(name, waiter: 1, now: second) == .wait(start: true))
    }

    @Test("a name has one number per port")
    func numbers() {
        var (cache, name) = cache()
        #expect(cache.index(host: "a", port: 80) == name)
        #expect(cache.index(host: "a", port: 81) != name)
        #expect(cache.host(name) == "a")
    }
}
