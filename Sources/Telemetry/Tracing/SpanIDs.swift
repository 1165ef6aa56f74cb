/// Ids of spans and traces: random numbers from a generator of one's own (SplitMix64), seeded by the system's once, since
/// asking the system for each costs a system call.
package struct SpanIDs: Sendable {
    private var state: UInt64

    package init() {
        state = UInt64.random(in: .min ... .max)
    }

    package init(seed: UInt64) {
        state = seed
    }

    /// Never 0, which no id may be.
    package mutating func next() -> UInt64 {
        while true {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            value ^= value >> 31
            if value != 0 { return value }
        }
    }

    package mutating func nextTrace() -> TraceContext.TraceID {
        TraceContext.TraceID(high: next(), low: next())
    }
}
