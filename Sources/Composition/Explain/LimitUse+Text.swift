import JSONSlices

extension LimitUse {
    /// `perUser`, `daily at 5 each`, `daily at one per request to a backend`.
    var sketch: String {
        switch cost {
        case .fixed(1): policy
        case .fixed(let cost): "\(policy) at \(cost) each"
        case .calls: "\(policy) at one per request to a backend"
        }
    }

    /// `{"policy", "cost"}`.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("policy", policy)
            switch cost {
            case .fixed(let cost): writer.member("cost", cost)
            case .calls: writer.member("cost", "calls")
            }
        }
    }
}
