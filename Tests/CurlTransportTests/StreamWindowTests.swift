import CurlTransport
import Testing

@Suite("Windows of streams")
struct StreamWindowTests {
    @Test("a side stops at the high mark, and goes on at the low one")
    func marks() {
        var window = StreamWindow(high: 100, low: 20)
        var may: Bool
        window.add(99)
        may = window.mayAdd()
        #expect(may)
        window.add(50)
        may = window.mayAdd()
        #expect(!may)
        #expect(window.isWaiting)
        let early = window.took(100)
        #expect(!early, "49 are more than 20")
        may = window.mayAdd()
        #expect(!may)
        let late = window.took(29)
        #expect(late)
        may = window.mayAdd()
        #expect(may)
        let again = window.took(1)
        #expect(!again, "it is told once")
    }

    @Test("numbers that cannot be do no harm")
    func nonsense() {
        var window = StreamWindow(high: -5, low: 100)
        var may: Bool
        #expect(window.high == 1)
        #expect(window.low == 0)
        window.add(-7)
        #expect(window.outstanding == 0)
        _ = window.took(.max)
        #expect(window.outstanding == 0)
        may = window.mayAdd()
        #expect(may)
    }
}
