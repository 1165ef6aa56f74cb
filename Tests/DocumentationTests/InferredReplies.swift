import Cases
import CurlTransport
import Gateway
import JMESPath
import JSONSlices
import Replay
import Testing

@testable import Composition

/// What `medley openapi` says of replies, beside those that come.
struct InferredReplies {
    private let compositions: CompositionSet
    private let answers: RecordedAnswers
    private let lookup: EndpointLookup?
    private let document: JSONValue

    init(_ compositions: CompositionSet, _ fixtures: FixtureSet) {
        self.compositions = compositions
        answers = RecordedAnswers(fixtures)
        lookup = EndpointLookup(compositions)
        document = OpenAPIDocument(of: compositions, in: "compositions", answers: answers, info: .init()).value
    }

    /// How a reply differs from what is said of it; nil where it does not.
    func difference(of reply: TransportResponse, to request: ClientRequest) -> String? {
        let path = String(request.target.prefix { $0 != "?" })
        guard case .composition(let plan)? = lookup?.endpoints(method: request.method, path: path).first else {
            return nil
        }
        guard let value = (try? JSONDocument(parsing: reply.body))?.root else { return nil }
        let operation = document.member("paths")?.member(plan.pattern.path)?.member(plan.pattern.method.lowercased())
        let responses = operation?.member("responses")
        let isProblem = reply.section.values(of: "content-type") == ["application/problem+json"]
        let key = String(reply.status)
        let response =
            responses?.member(key) ?? (isProblem ? nil : responses?.member("2XX") ?? responses?.member("default"))
        guard let response else { return "no \(key) in \(plan.name)" }
        let media = isProblem ? "application/problem+json" : "application/json"
        guard response.member("content")?.member(media) != nil else { return "no \(media) for \(key) in \(plan.name)" }
        guard !isProblem else { return nil }
        let types = SlotTypes(of: plan, from: answers, BackendDescriptions())
        let type = types.type(of: plan.response.body, .response, in: nil)
        return type.admits(.slice(value))
            ? nil : "\(String(decoding: reply.body, as: UTF8.self)) is not what was foretold"
    }
}
