import Composition
import CurlTransport
public import Diagnostics
import Gateway

/// Cases beside a composition, `compositions/NAME.cases.json`: what its endpoint owes to which request.
public struct CaseFile: Sendable {
    public let source: SourceFile
    /// In the order of the file; their names are distinct.
    public let cases: [Case]

    /// As the operator would type it.
    public var path: String { source.path }

    /// The file with some of its cases; nil for none.
    public func filtered(_ isIncluded: (Case) -> Bool) -> CaseFile? {
        let some = cases.filter(isIncluded)
        return some.isEmpty ? nil : CaseFile(source: source, cases: some)
    }
}

/// A request to an endpoint, and what must come of it.
public struct Case: Sendable {
    /// What the case shows, in a sentence.
    public let name: String
    /// Where the name stands.
    public let place: Diagnostic.Place
    public let request: ClientRequest
    /// The scenario whose fixtures stand over the others; nil for none.
    public let scenario: String?
    /// Whether the case has backends and a gateway of its own, which nobody has asked anything before.
    public let isFresh: Bool
    public let reply: ExpectedReply
    public let traffic: ExpectedTraffic
}

/// What a client asks.
public struct ClientRequest: Sendable {
    public var method: String
    /// Path and query, percent-encoded.
    public var target: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]?
    /// What is known of the caller, a JSON object, for endpoints with an access policy; nil for one who is anonymous.
    public var claims: [UInt8]?

    /// How the claims come to a gateway under test.
    static let claimsHeader = "medley-test-claims"

    public init(
        method: String = "GET",
        target: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        claims: [UInt8]? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.claims = claims
    }

    /// The endpoint that answers it; nil for none. The host is the case's own `Host`, else one that nobody names.
    func endpoint(in lookup: EndpointLookup) -> CompositionSet.Endpoint? {
        lookup.endpoint(method: method, target: target, host: header("Host"), headers: headers)
    }

    func header(_ name: String) -> String? {
        headers.first { HeaderValidation.equal($0.name, name) }?.value
    }
}
