import Testing

@testable import Telemetry

@Suite("W3C Trace Context")
struct TraceContextTests {
    private static let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func read(_ parents: String..., states: [String] = []) -> TraceContext? {
        TraceContext(parents: parents, states: states)
    }

    @Test("what is valid is read, and written as it was")
    func roundTrip() throws {
        let context = try #require(read(Self.valid))
        #expect(context.traceID.hex == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(context.spanID == 0x00f0_67aa_0ba9_02b7)
        #expect(context.isSampled && !context.isRandom)
        #expect(context.traceparent == Self.valid)
        let random = "00-00000000000000000000000000000001-0000000000000001-02"
        #expect(read(random)?.traceparent == random)
        #expect(read(random)?.isSampled == false)
    }

    @Test(
        "what is not valid is as good as none",
        arguments: [
            "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            // All zero, too short, capitals, no digits.
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-000f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
            // The forbidden version, one that is none, more than version 00 has, and other separators.
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-02",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-010",
            "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
            " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01,x",
        ]
    )
    func invalid(text: String) {
        #expect(read(text) == nil)
    }

    @Test("of a later version, what is known of it is read")
    func later() {
        let text = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-brings"
        #expect(read(text)?.traceparent == Self.valid)
        #expect(read(String(text.prefix(55)))?.traceparent == Self.valid)
    }

    @Test("flags that are not known are not passed on")
    func flags() {
        #expect(read(String(Self.valid.dropLast(2)) + "ff")?.traceparent.hasSuffix("-03") == true)
    }

    @Test("twice is never")
    func twice() {
        #expect(read(Self.valid, Self.valid) == nil)
        #expect(TraceContext(parents: [], states: ["a=1"]) == nil)
    }

    @Test("the state goes along, its fields joined")
    func state() {
        func state(_ fields: String...) -> String? { TraceContext(parents: [Self.valid], states: fields)?.state }
        #expect(state("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7") == "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7")
        #expect(state("a=1", "b=2") == "a=1,b=2")
        #expect(state("a=1 ,\t, b= 2") == "a=1,b= 2")
        #expect(state("tenant@system=x", "1a=!~") == "tenant@system=x,1a=!~")
        #expect(state() == "")
    }

    @Test(
        "a state that cannot be read is left out, and the trace goes on",
        arguments: ["a", "=1", "a=", "A=1", "a=1,a=2", "a b=1", "a=1=2", "a=\u{e9}", ",", "a=\u{1}"]
    )
    func badState(text: String) {
        let context = TraceContext(parents: [Self.valid], states: [text])
        #expect(context?.state == "")
        #expect(context?.traceparent == Self.valid)
    }

    @Test("a state has 32 members at the most, a key and a value 256 characters")
    func limits() {
        func state(_ text: String) -> String? { TraceContext(parents: [Self.valid], states: [text])?.state }
        let members = (0..<33).map { "k\($0)=v" }
        #expect(state(members.dropLast().joined(separator: ","))?.isEmpty == false)
        #expect(state(members.joined(separator: ",")) == "")
        let long = String(repeating: "a", count: 256)
        #expect(state("\(long)=\(long)") == "\(long)=\(long)")
        #expect(state("\(long)a=b") == "")
        #expect(state("b=\(long)a") == "")
    }

    @Test("ids are never 0, and a share of the traces is a share of their ids")
    func ids() {
        var ids = SpanIDs(seed: 1)
        let traces = (0..<20_000).map { _ in ids.nextTrace() }
        #expect(Set(traces).count == traces.count)
        #expect(traces.allSatisfy { $0.low != 0 && $0.high != 0 })
        let tenth = TraceSampler(share: 0.1)
        #expect((1_700...2_300).contains(traces.filter(tenth.samples).count))
        #expect(traces.allSatisfy(TraceSampler(share: 1).samples))
        #expect(!traces.contains(where: TraceSampler(share: 0).samples))
        // The same trace is judged alike, and who is in a smaller share is in a larger one.
        #expect(traces.filter(tenth.samples).allSatisfy(TraceSampler(share: 0.2).samples))
    }
}
