public import Diagnostics

/// One compiled endpoint, and what is known of it before traffic. Each rule is an extension in a file of its own: a pure
/// function that gives findings.
struct EndpointCheck {
    let plan: Plan
    let types: SlotTypes
    /// Nil where neither recorded answers nor documents of backends are there to learn from.
    let examples: ExampleValues?
    /// The most requests to backends that one request of a client may cause.
    let maxBackendRequests: Int
    let descriptions: BackendDescriptions
    /// Nil where nothing is recorded.
    let answers: RecordedAnswers?
    var hasAnswers: Bool { answers != nil }

    init(plan: Plan, answers: RecordedAnswers?, descriptions: BackendDescriptions, maxBackendRequests: Int) {
        self.plan = plan
        self.types = SlotTypes(of: plan)
        self.descriptions = descriptions
        self.maxBackendRequests = maxBackendRequests
        self.answers = answers
        examples =
            answers != nil || !descriptions.isEmpty
            ? ExampleValues(of: plan, from: answers ?? RecordedAnswers([:]), descriptions) : nil
    }

    func findings() -> [Diagnostic] {
        let ofTypes = expressionFindings()
        // What the types tell needs no examples.
        let ofExamples = unknownMembers().filter { finding in !ofTypes.contains { $0.isAbout(finding) } }
        return tooManyRequests() + unusedParameters() + unconditionalCompensations() + emptyPaths()
            + timeoutsThatCannotBeMet() + textInGraphQL() + undescribedRequests() + unrecordedRequests()
            + ofTypes + ofExamples + omitsWithoutMatch() + selectsOfNothing()
    }

    func warning(_ message: String, at place: Diagnostic.Place, help: String?) -> Diagnostic {
        Diagnostic(.warning, message, at: place, help: help)
    }
}

extension Diagnostic {
    /// Whether the two mean the same text, in whole or in part.
    fileprivate func isAbout(_ other: Diagnostic) -> Bool {
        guard let place, let others = other.place else { return false }
        return place.file === others.file && place.range.overlaps(others.range)
    }
}

extension CompositionSet {
    /// What can be known of the endpoints before traffic, beyond that each of them compiles: mostly warnings.
    ///
    /// - Parameters:
    ///   - answers: recorded answers of the backends; nil where there are none, and then nothing is said of what only
    ///     they could tell.
    ///   - descriptions: what backends say of themselves.
    ///   - maxBackendRequests: the most requests to backends that one request of a client may cause; an endpoint that
    ///     could cause more is an error.
    public func findings(
        answers: RecordedAnswers?,
        descriptions: BackendDescriptions = BackendDescriptions(),
        maxBackendRequests: Int
    ) -> [Diagnostic] {
        plans.flatMap { plan in
            EndpointCheck(
                plan: plan,
                answers: answers,
                descriptions: descriptions,
                maxBackendRequests: maxBackendRequests
            ).findings()
        }
    }
}
