import Diagnostics

extension EndpointCheck {
    /// An endpoint that could cause more requests to backends than the operator allows: an error.
    func tooManyRequests() -> [Diagnostic] {
        let worst = plan.worstCaseRequests
        guard worst.total > maxBackendRequests else { return [] }
        let largest = worst.lists.max { $0.requests < $1.requests }
        let place = largest.map { plan.calls[$0.call].places.value("maxItems") ?? plan.calls[$0.call].namePlace }
        return [
            Diagnostic(
                .error,
                "one request may cause \(worst.total) requests to backends; \(maxBackendRequests) are the most: "
                    + worst.description(in: plan),
                at: place ?? plan.place,
                help: "lower \"maxItems\", ask for several ids at once with \"batch\", or raise "
                    + "\"limits\": { \"backendRequests\" } in the settings"
            )
        ]
    }
}
