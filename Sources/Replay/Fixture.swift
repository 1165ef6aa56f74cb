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
    public let response: CannedResponse
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
        scenario: String? = nil,
        place: Diagnostic.Place? = nil
    ) {
        self.backend = backend
        self.name = name
        self.file = file
        self.request = request
        self.response = response
        self.scenario = scenario
        self.place = place
    }

    /// The same request with another answer.
    func answering(_ response: CannedResponse) -> Fixture {
        Fixture(
            backend: backend,
            name: name,
            file: file,
            request: request,
            response: response,
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
