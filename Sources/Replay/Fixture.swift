public import Diagnostics

/// One recorded exchange of a backend: the request it stands for, and what is answered to it.
public struct Fixture: Sendable {
    /// The backend's name: the folder below the fixtures' directory.
    public let backend: String
    /// The path of the file below the backend's folder, without `.json`: `"42"`, `"products/7"`. Of a scenario's
    /// exchanges the scenario's file and the place in its list, from 1: `"_scenarios/sold-out#2"`.
    public let name: String
    /// The file's path as the operator would type it, for messages.
    public let file: String
    public let request: ExpectedRequest
    /// The first answer.
    public let response: CannedResponse
    /// The answers after the first one, each given once.
    public let laterResponses: [CannedResponse]
    public let afterLast: AfterLast
    /// The scenario that brings the exchange; nil for one of the set itself.
    public let scenario: String?
    /// Where the request stands in its file; nil for a fixture that was not read from one.
    public let place: Diagnostic.Place?

    public init(
        backend: String,
        name: String,
        file: String,
        request: ExpectedRequest,
        response: CannedResponse,
        laterResponses: [CannedResponse] = [],
        afterLast: AfterLast = .repeat,
        scenario: String? = nil,
        place: Diagnostic.Place? = nil
    ) {
        self.backend = backend
        self.name = name
        self.file = file
        self.request = request
        self.response = response
        self.laterResponses = laterResponses
        self.afterLast = afterLast
        self.scenario = scenario
        self.place = place
    }

    /// What follows once every answer was given.
    public enum AfterLast: String, CaseIterable, Sendable {
        /// The last answer again.
        case `repeat`
        /// All answers from the first on.
        case cycle
    }

    /// All of them, in their order.
    public var responses: [CannedResponse] { [response] + laterResponses }

    /// The same request with changed answers.
    public func answering(_ change: (CannedResponse) -> CannedResponse) -> Fixture {
        Fixture(
            backend: backend,
            name: name,
            file: file,
            request: request,
            response: change(response),
            laterResponses: laterResponses.map(change),
            afterLast: afterLast,
            scenario: scenario,
            place: place
        )
    }
}

/// What a backend answers to every request that none of its fixtures does.
public struct CatchAll: Sendable {
    /// As in ``Fixture/name``: `"_scenarios/reviews-down"`.
    public let name: String
    public let response: CannedResponse

    public init(name: String, response: CannedResponse) {
        self.name = name
        self.response = response
    }
}
