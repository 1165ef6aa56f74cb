import Composition
import NIOHTTP1

/// What of a request decides where it goes.
struct RouteQuestion: MatchedRequest {
    let method: String
    /// As in ``FrontRequest``.
    let path: String
    let query: String?
    let host: String?
    let headers: HTTPHeaders

    var matchedHost: String { host.map(HostPattern.normalized) ?? "" }
    var matchedQuery: String? { query }

    func matchedHeader(_ name: String) -> [String] { headers[name] }
}

extension FrontRequest {
    var question: RouteQuestion {
        RouteQuestion(method: method, path: path, query: query, host: host, headers: headers)
    }
}

extension FrontReply {
    /// The same reply, naming what decided who answers (RFC 9110, section 12.5.5): another value might have had another.
    func varying(on names: [String]) -> FrontReply {
        let present = headers.filter { $0.0.equalsASCII("vary") }.flatMap {
            $0.1.split(separator: ",").map { $0.trimmingPrefix(while: { $0 == " " }).lowercased() }
        }
        guard !present.contains("*") else { return self }
        let added = names.filter { !present.contains($0) }
        guard !added.isEmpty else { return self }
        var reply = self
        reply.headers.append(("Vary", added.joined(separator: ", ")))
        return reply
    }
}
