import JSONSlices
import ResponseCache

extension Plan {
    /// What makes two requests have one reply: the endpoint, this version of its file, and every value that it can read.
    ///
    /// - Throws: `RequestFailure` for what does not fit: there is no reply to keep.
    func replyKey(_ request: EndpointRequest, _ rule: CacheRule) throws(RequestFailure) -> CacheKey {
        let slots = try RequestInput(request: request, plan: self).slots()
        var writer = KeyWriter(kind: "reply")
        writer.write(name)
        writer.write(bytes: digest)
        for (source, value) in zip(slotSources, slots) where source.isInput {
            var text = JSONWriter(capacity: 64)
            text.write(value)
            writer.write(bytes: text.finish())
        }
        for (name, values) in try rule.inputs(of: request) { writer.write(name, values) }
        for call in calls {
            guard let rule = call.cache, rule.varies else { continue }
            for (name, values) in try rule.inputs(of: request) { writer.write(name, values) }
        }
        return writer.key
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
