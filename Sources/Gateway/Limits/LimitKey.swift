import Crypto
import Identity
import JMESPath
import JSONSlices
import NIOHTTP1

/// What requests are told apart by: an expression over `request` and `endpoint`.
struct LimitKey: Sendable {
    /// A value that the expression reads.
    enum Fact: Hashable, Sendable {
        case address, consumer, claims, method, path, host, endpoint
        /// By lower-case name; several values are joined by ", ".
        case header(String)
    }

    let source: String
    private let expression: Expression
    private let facts: [Fact]
    /// Where the expression is one value and nothing else.
    private let single: Fact?

    /// - Throws: as ``Expression/parse(_:)``.
    init(parsing source: String) throws(ExpressionError) {
        var scope = Scope()
        expression = try Expression.parse(source, root: .scope, scope: &scope)
        facts = scope.facts
        self.source = source
        single = scope.facts.first.flatMap { source == Self.name(of: $0) ? $0 : nil }
    }

    /// Whether it has to be known who asks.
    var readsCaller: Bool { facts.contains { $0 == .consumer || $0 == .claims } }

    var warnings: [ExpressionWarning] { expression.warnings }

    private static func name(of fact: Fact) -> String? {
        switch fact {
        case .address: "request.address"
        case .consumer: "request.consumer"
        case .method: "request.method"
        case .path: "request.path"
        case .host: "request.host"
        case .endpoint: "endpoint"
        case .claims, .header: nil
        }
    }

    /// The names that the expression may use.
    private struct Scope: ExpressionScope {
        var facts: [Fact] = []

        private static let parts = "address, consumer, claims, method, path, host, headers"

        mutating func resolve(_ path: [String]) -> NameResolution {
            switch path {
            case ["endpoint"]: slot(.endpoint)
            case ["request"]: .namespace("name a part of it: \(Self.parts)")
            case ["request", "headers"]: .namespace("name a header: request.headers.\"x-device\"")
            case ["request", "address"]: slot(.address)
            case ["request", "consumer"]: slot(.consumer)
            case ["request", "claims"]: slot(.claims)
            case ["request", "method"]: slot(.method)
            case ["request", "path"]: slot(.path)
            case ["request", "host"]: slot(.host)
            default:
                if path.count == 3, path[0] == "request", path[1] == "headers" {
                    slot(.header(path[2].lowercased()))
                } else if path.first == "request", path.count > 1 {
                    .unknown(message: "'request' has no part '\(path[1])': \(Self.parts)")
                } else {
                    .unknown(message: "there is no '\(path[0])' here: 'request' and 'endpoint' are")
                }
            }
        }

        private mutating func slot(_ fact: Fact) -> NameResolution {
            if let index = facts.firstIndex(of: fact) { return .slot(index) }
            facts.append(fact)
            return .slot(facts.count - 1)
        }
    }

    // MARK: Requests

    /// What a request is counted under; nil when the expression has no value for it.
    func text(_ request: FrontRequest, endpoint: String) -> String? {
        if let single { return Self.text(single, request, endpoint).map(Self.bounded) }
        var budget = EvaluationBudget(steps: 10_000, bytes: 64 << 10)
        let slots = facts.map { Self.value($0, request, endpoint) }
        guard let value = try? expression.evaluate(root: .null, slots: slots, budget: &budget), !value.isNull else {
            return nil
        }
        if let text = value.string { return Self.hashed(text) }
        var writer = JSONWriter()
        writer.write(value)
        return Self.hashed(String(decoding: writer.finish(), as: UTF8.self))
    }

    private static func text(_ fact: Fact, _ request: FrontRequest, _ endpoint: String) -> String? {
        switch fact {
        case .address: ClientNetwork.text(of: request.clientAddress)
        case .consumer: request.caller?.consumer
        case .method: request.method
        case .path: request.path
        case .host: request.host?.lowercased()
        case .endpoint: endpoint
        case .header(let name): request.headers[name].isEmpty ? nil : request.headers[name].joined(separator: ", ")
        case .claims: nil
        }
    }

    private static func value(_ fact: Fact, _ request: FrontRequest, _ endpoint: String) -> JSONValue {
        if fact == .claims { return request.caller.map { .slice($0.claims) } ?? .null }
        return text(fact, request, endpoint).map(JSONValue.string) ?? .null
    }

    /// Long and unprintable ones by their hash.
    private static func bounded(_ text: String) -> String {
        text.utf8.count <= 64 && text.utf8.allSatisfy { (0x21...0x7e).contains($0) } ? text : hashed(text)
    }

    /// Whatever an expression reads may be a secret, which has no place in a database of counts.
    private static func hashed(_ text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).prefix(16).reduce(into: "#") { hex, byte in
            hex += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
}
