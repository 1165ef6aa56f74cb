/// One recorded exchange of a backend: the request it stands for, and what is answered to it.
public struct Fixture: Sendable {
    /// The backend's name: the folder below the fixtures' directory.
    public let backend: String
    /// The path of the file below the backend's folder, without `.json`: `"42"`, `"products/7"`.
    public let name: String
    /// The file's path as the operator would type it, for messages.
    public let file: String
    public let request: ExpectedRequest
    public let response: CannedResponse

    public init(backend: String, name: String, file: String, request: ExpectedRequest, response: CannedResponse) {
        self.backend = backend
        self.name = name
        self.file = file
        self.request = request
        self.response = response
    }
}
