public import Diagnostics

/// One thing that is not as a case says.
public struct Mismatch: Sendable {
    /// What is compared: `status`, `headers.ETag`, `body.orders[1].total`, `backends.users.requests`.
    public var path: String
    /// What was expected, as JSON or in words; nil for what should not be there.
    public var expected: String?
    /// What there is; nil for nothing.
    public var actual: String?
    /// Where the expectation stands; nil for one that no file states.
    public var place: Diagnostic.Place?

    public init(path: String, expected: String?, actual: String?, place: Diagnostic.Place?) {
        self.path = path
        self.expected = expected
        self.actual = actual
        self.place = place
    }

    /// In one sentence.
    public var message: String {
        switch (expected, actual) {
        case (let expected?, let actual?): "\(path): \(expected) was expected, it is \(actual)"
        case (let expected?, nil): "\(path): \(expected) was expected, it is not there"
        case (nil, let actual?): "\(path): it is \(actual), and was not expected"
        case (nil, nil): path
        }
    }
}
