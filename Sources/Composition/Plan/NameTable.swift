import CurlTransport
import Diagnostics
import JMESPath

/// Where the value of a slot comes from while a request runs.
enum SlotSource: Hashable, Sendable {
    case parameter(Int)
    /// The element of the list that a call with `forEach` is at; set anew for each.
    case item
    /// What is missing of a partial reply, for its body.
    case partial
    case call(Int)
    case callStatus(Int)
    case callHeader(Int, name: String)
    case callError(Int)
    case requestMethod
    case requestPath
    case requestQuery
    case requestBody
    case requestHeader(String)
    /// The client's first choice.
    case requestLanguage
    case requestTime
    case requestID
    /// One member of what is known of the caller.
    case requestClaim(String)
    case requestConsumer
    /// The client's address, through trusted proxies only.
    case requestAddress

    /// The call that must be over before the slot has its value.
    var call: Int? {
        switch self {
        case .call(let index), .callStatus(let index), .callHeader(let index, _), .callError(let index): index
        default: nil
        }
    }
}

/// The names that the expressions of one endpoint may use, each resolved once to a slot.
///
/// Slots are handed out as expressions mention names: what an endpoint reads is known when it is compiled.
struct NameTable: ExpressionScope {
    private let parameters: [String: Int]
    /// The parameters that are the client's `Authorization`.
    private let authorizations: Set<Int>
    private let calls: [String: Int]
    private(set) var sources: [SlotSource] = []
    /// Whether requests of the endpoint's method have a body.
    private let hasBody: Bool
    /// Why expressions cannot read the body, where there is one.
    private let bodyRefusal: String
    /// Whether the text that is read belongs to a call with `forEach`, where `item` is a name.
    var hasItem = false
    private var slots: [SlotSource: Int] = [:]

    init(
        parameters: [String],
        authorizations: Set<Int> = [],
        calls: [String],
        hasBody: Bool,
        bodyRefusal: String = "a GET has no body that could be read"
    ) {
        func numbered(_ names: [String]) -> [String: Int] {
            Dictionary(names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
        }
        self.parameters = numbered(parameters)
        self.authorizations = authorizations
        self.calls = numbered(calls)
        self.hasBody = hasBody
        self.bodyRefusal = bodyRefusal
    }

    func index(ofCall name: String) -> Int? { calls[name] }

    /// Whether a parameter or a call has that name.
    func isKnown(_ name: String) -> Bool { parameters[name] != nil || calls[name] != nil }

    mutating func resolve(_ path: [String]) -> NameResolution {
        guard let first = path.first else { return .unknown(message: "an empty name") }
        switch first {
        case "request": return resolveRequest(Array(path.dropFirst()))
        case "calls": return resolveCalls(Array(path.dropFirst()))
        case "item":
            guard hasItem else {
                return .unknown(message: "'item' is an element of a list, and stands only in a call with \"forEach\"")
            }
            return .slot(slot(of: .item))
        default: break
        }
        if let index = parameters[first] { return .slot(slot(of: .parameter(index))) }
        if let index = calls[first] { return .slot(slot(of: .call(index))) }
        let known = (Array(parameters.keys) + Array(calls.keys)).sorted()
        return unknown("no call or parameter is named '\(first)'", first, among: known + ["request", "calls"])
    }

    private mutating func resolveRequest(_ path: [String]) -> NameResolution {
        let known = [
            "method", "path", "query", "headers", "body", "language", "time", "id", "claims", "consumer", "address",
        ]
        guard let member = path.first else {
            return .namespace("name a part of it: " + known.joined(separator: ", "))
        }
        switch member {
        case "method": return .slot(slot(of: .requestMethod))
        case "path": return .slot(slot(of: .requestPath))
        case "query": return .slot(slot(of: .requestQuery))
        case "body":
            guard hasBody else { return .unknown(message: bodyRefusal) }
            return .slot(slot(of: .requestBody))
        case "language": return .slot(slot(of: .requestLanguage))
        case "time": return .slot(slot(of: .requestTime))
        case "id": return .slot(slot(of: .requestID))
        case "consumer": return .slot(slot(of: .requestConsumer))
        case "address": return .slot(slot(of: .requestAddress))
        case "claims":
            guard path.count > 1 else { return .namespace("name a claim: request.claims.sub") }
            return .slot(slot(of: .requestClaim(path[1])))
        case "headers":
            guard path.count > 1 else {
                return .namespace("name a header: request.headers.\"accept\"")
            }
            return header(path[1]) { .requestHeader($0) }
        default:
            guard member != "cookies" else {
                return .unknown(
                    message: "'request' has no 'cookies': a cookie is a parameter, \"sid\": {\"in\": \"cookie\"}"
                )
            }
            return unknown("'request' has no '\(member)'", member, among: known)
        }
    }

    private mutating func resolveCalls(_ path: [String]) -> NameResolution {
        let known = ["status", "headers", "error"]
        guard let name = path.first else {
            return .namespace("name a call: calls.NAME.status")
        }
        guard let index = calls[name] else {
            return unknown("no call is named '\(name)'", name, among: calls.keys.sorted())
        }
        guard path.count > 1 else {
            return .namespace(
                "its value is '\(name)', or name "
                    + known.map { "calls.\(name).\($0)" }.joined(separator: ", ")
            )
        }
        switch path[1] {
        case "status": return .slot(slot(of: .callStatus(index)))
        case "error": return .slot(slot(of: .callError(index)))
        case "headers":
            guard path.count > 2 else {
                return .namespace("name a header of the answer")
            }
            return header(path[2]) { .callHeader(index, name: $0) }
        default:
            return unknown("'calls.\(name)' has no '\(path[1])'", path[1], among: known)
        }
    }

    private mutating func header(_ name: String, source: (String) -> SlotSource) -> NameResolution {
        let lowered = name.lowercased()
        guard HeaderValidation.isToken(name) else { return .unknown(message: "'\(name)' is no header name") }
        guard lowered == name else {
            return .unknown(message: "header names are lower-case in expressions")
        }
        guard !HeaderRules.isHopByHop(name) else {
            return .unknown(message: "'\(name)' is about one connection, and is not passed on")
        }
        return .slot(slot(of: source(name)))
    }

    private func unknown(_ message: String, _ name: String, among known: [String]) -> NameResolution {
        guard let hint = suggestion(for: name, among: known) else { return .unknown(message: message) }
        return .unknown(message: "\(message); \(hint)")
    }

    /// Whether a slot holds the client's `Authorization`.
    func isAuthorization(_ slot: Int) -> Bool {
        switch sources[slot] {
        case .requestHeader(let name): name == "authorization"
        case .parameter(let index): authorizations.contains(index)
        default: false
        }
    }

    mutating func slot(of source: SlotSource) -> Int {
        if let slot = slots[source] { return slot }
        sources.append(source)
        slots[source] = sources.count - 1
        return sources.count - 1
    }
}
