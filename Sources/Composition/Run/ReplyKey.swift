import CurlTransport
import JSONSlices
import ResponseCache

extension Composer {
    /// What makes two requests have one reply: the endpoint, this version of its file, the backends it calls, and every
    /// value that it can read.
    ///
    /// - Throws: `RequestFailure` for what does not fit: there is no reply to keep.
    func replyKey(_ request: EndpointRequest, _ rule: CacheRule) throws(RequestFailure) -> CacheKey {
        let slots = try RequestInput(request: request, plan: plan).slots()
        var writer = replyKeyStart
        for (source, value) in zip(plan.slotSources, slots) where source.isInput {
            var text = JSONWriter(capacity: 64)
            text.write(value)
            writer.write(bytes: text.finish())
        }
        for (name, values) in try rule.inputs(of: request) { writer.write(name, values) }
        for call in plan.calls {
            guard let rule = call.cache, rule.varies else { continue }
            for (name, values) in try rule.inputs(of: request) { writer.write(name, values) }
        }
        return writer.key
    }

    /// What the keys of all requests to an endpoint begin with.
    static func replyKeyStart(of plan: Plan, backends: [[BoundBackend]]) -> KeyWriter {
        var writer = KeyWriter(kind: "reply")
        writer.write(plan.name)
        writer.write(bytes: plan.digest)
        for backend in backends.joined() {
            writer.write(backend.backend.name)
            writer.write(backend.base)
            for header in backend.headers { writer.write(header.name, [header.value]) }
        }
        return writer
    }
}

extension SlotSource {
    /// Whether it is known before anything is called.
    fileprivate var isInput: Bool {
        switch self {
        case .item, .partial, .call, .callStatus, .callHeader, .callError: false
        default: true
        }
    }
}
