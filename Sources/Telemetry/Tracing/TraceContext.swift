/// Where in which trace something happens (W3C Trace Context, level 1, and the flag for random ids of level 2).
package struct TraceContext: Hashable, Sendable {
    /// The trace's 16 bytes, the first eight in `high`. Not both 0.
    package struct TraceID: Hashable, Sendable {
        package var high: UInt64
        package var low: UInt64

        package init(high: UInt64, low: UInt64) {
            self.high = high
            self.low = low
        }

        package var hex: String {
            var bytes: [UInt8] = []
            Hex.append(high, to: &bytes)
            Hex.append(low, to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    package var traceID: TraceID
    /// Of the span that what comes next belongs to; not 0.
    package var spanID: UInt64
    /// Whether the trace is recorded: a decision of its root, which all others follow.
    package var isSampled: Bool
    /// Whether the last seven bytes of the trace's id are known to be random (level 2, section 3.2.2.5).
    package var isRandom: Bool
    /// What others have to say of the trace, as it came; empty for nothing.
    package var state: String

    package init(
        traceID: TraceID,
        spanID: UInt64,
        isSampled: Bool,
        isRandom: Bool = false,
        state: String = ""
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
        self.isRandom = isRandom
        self.state = state
    }

    /// The value of `traceparent`, of version 00 (section 3.2.2).
    package var traceparent: String { traceparent(spanID: spanID) }

    /// The same for another span of the trace.
    package func traceparent(spanID: UInt64) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(55)
        bytes.append(contentsOf: "00-".utf8)
        Hex.append(traceID.high, to: &bytes)
        Hex.append(traceID.low, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Hex.append(spanID, to: &bytes)
        bytes.append(contentsOf: "-0".utf8)
        bytes.append(UInt8(ascii: "0") + (isSampled ? 1 : 0) + (isRandom ? 2 : 0))
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension TraceContext {
    /// Reads what came with a request. Nil: it begins a trace of its own, and its `tracestate` counts for nothing
    /// (section 3.2.1: a header that stands twice, or whose value is not valid, is as good as none).
    ///
    /// - Parameters:
    ///   - parents: the values of all `traceparent` fields.
    ///   - states: those of all `tracestate` fields, in their order.
    package init?(parents: [String], states: [String]) {
        guard parents.count == 1, let parent = parents.first, let read = Self.read(Array(parent.utf8)) else {
            return nil
        }
        self = read
        state = TraceState.combined(states) ?? ""
    }

    /// `version "-" trace-id "-" parent-id "-" trace-flags`, all in lower-case hexadecimal digits. Of a later version only
    /// what version 00 knows is read, and more may follow behind another `-` (section 3.2.4).
    private static func read(_ bytes: [UInt8]) -> TraceContext? {
        guard bytes.count >= 55, let version = Hex.value(bytes[0..<2]), version != 0xFF, bytes[2] == dash,
            bytes.count == 55 || version > 0 && bytes[55] == dash,
            let high = Hex.value(bytes[3..<19]), let low = Hex.value(bytes[19..<35]), high != 0 || low != 0,
            bytes[35] == dash, let span = Hex.value(bytes[36..<52]), span != 0, bytes[52] == dash,
            let flags = Hex.value(bytes[53..<55])
        else { return nil }
        return TraceContext(
            traceID: TraceID(high: high, low: low),
            spanID: span,
            isSampled: flags & 1 != 0,
            isRandom: flags & 2 != 0
        )
    }

    private static let dash = UInt8(ascii: "-")
}
