/// What differs from a set of fixtures in one situation: `_scenarios/reviews-down.json`.
struct Scenario: Sendable {
    /// The file's, without `.json`.
    let name: String
    let changes: [String: Change]

    /// What becomes of one backend.
    struct Change: Sendable {
        let behaviour: Behaviour
        /// Each takes the place of the fixture with an equal request, or is added. They answer as they say, whatever the
        /// backend does otherwise.
        let fixtures: [Fixture]
    }

    enum Behaviour: Sendable {
        case asRecorded
        /// Every request is answered alike.
        case answers(CannedResponse)
        /// What is recorded arrives late, in part or in pieces. A delay takes the place of the fixture's own; a fault only
        /// befalls a fixture that has none and whose body it needs.
        case impairs(fault: CannedResponse.Fault?, delay: ReplayDelay?)
    }
}

extension FixtureSet {
    func changed(by scenario: Scenario) -> FixtureSet {
        var set = self
        for (backend, change) in scenario.changes {
            let recorded = backends[backend] ?? []
            let own = change.fixtures
            let replaced = Set(own.map(\.request))
            switch change.behaviour {
            case .asRecorded:
                set.backends[backend] = recorded.filter { !replaced.contains($0.request) } + own
            case .answers(let response):
                set.backends[backend] = own
                set.catchAlls[backend] = CatchAll(name: "_scenarios/\(scenario.name)", response: response)
            case .impairs(let fault, let delay):
                let impaired = recorded.filter { !replaced.contains($0.request) }.map { fixture in
                    fixture.answering { $0.impaired(fault: fault, delay: delay) }
                }
                set.backends[backend] = impaired + own
            }
        }
        return set
    }
}

extension CannedResponse {
    fileprivate func impaired(fault: Fault?, delay: ReplayDelay?) -> CannedResponse {
        var response = self
        if let delay { response.delay = delay }
        if response.fault == nil, let body, !body.isEmpty { response.fault = fault }
        return response
    }
}
