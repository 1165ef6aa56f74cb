import CurlTransport
import Testing

@testable import Composition
@testable import JMESPath

/// Nothing that can be written is missing in the documentation.
@Suite("What the documentation covers")
struct CoverageTests {
    private func text(of pages: [String]) throws -> String {
        try pages.map { try Repository.text(of: $0) }.joined(separator: "\n")
    }

    @Test("every key of the files is explained", arguments: DescribedObject.all)
    func keys(of object: DescribedObject) throws {
        let pages = [
            "composition": ["docs/composition-file.md", "docs/lists.md"],
            "gateway": ["docs/settings.md"],
            "fixture": ["docs/fixtures.md"],
            "scenario": ["docs/fixtures.md"],
            "cases": ["docs/testing.md"],
        ]
        let text = try text(of: pages[object.schema] ?? [])
        let isOfFiles = object.keys.filter { $0 != "$ref" && $0 != "$schema" }
        let missing = isOfFiles.filter { !text.contains("`\($0)`") && !text.contains(".\($0)`") }
        #expect(missing == [])
    }

    @Test("every function is listed, and Medley's own are shown at work")
    func functions() throws {
        let text = try text(of: ["docs/expressions.md"])
        let used = Page.all.flatMap(\.blocks).filter { $0.kind == .expression }.map(\.text).joined()
        for function in Function.allCases {
            let name = function.rawValue
            #expect(text.contains("`\(name)`") || text.contains("`\(name)("), "\(name) is not listed")
            let isOwn = text.contains("`\(name)(")
            #expect(!isOwn || used.contains("\(name)("), "\(name) is not shown")
        }
    }

    @Test("every class of error is listed")
    func errorClasses() throws {
        let text = try text(of: ["docs/expressions.md"])
        for kind in ExpressionError.Kind.allCases {
            #expect(text.contains("`\(kind.rawValue)`"), "\(kind.rawValue) is not listed")
        }
    }

    @Test("every reason why a call fails is listed")
    func reasons() throws {
        let text = try text(of: ["docs/errors.md"])
        let timeouts = TransportError.Phase.allCases.map { TransportError.timeout($0) }
        let ofTransport: [TransportError] = [
            .resolve(detail: ""), .connect(detail: ""), .tls(detail: ""), .certificate(detail: ""), .reset(detail: ""),
            .incomplete(detail: ""), .tooLarge(limit: 0), .badResponse(detail: ""), .queueFull,
            .invalidRequest(detail: ""), .invalidConfiguration(detail: ""), .cancelled,
        ]
        let own: [FailureReason] = [
            .upstreamStatus, .incomplete, .invalidJSON, .expressionError, .limitExceeded, .dependencyFailed,
        ]
        let words = (ofTransport + timeouts).map(\.proxyStatusError) + own.map(\.word)
        for word in words { #expect(text.contains("`\(word)`"), "\(word) is not listed") }
    }

    @Test("every name that expressions can read of a request is listed")
    func names() throws {
        let text = try text(of: ["docs/templates.md"])
        for name in [
            "method", "path", "query", "headers", "body", "language", "time", "id", "claims", "consumer", "address",
        ] {
            #expect(text.contains("`request.\(name)"), "request.\(name) is not listed")
        }
    }
}
