import JMESPath

extension ProxyChanges {
    /// What is changed, a line each.
    var sketches: [String] {
        var lines: [String] = []
        switch host {
        case .backend: break
        case .client: lines.append("with the client's Host")
        case .fixed(let host): lines.append("with the Host \(host)")
        }
        if let sketch = request.sketch { lines.append("the request's fields: " + sketch) }
        if let requestBody { lines.append("the request's body becomes \(requestBody.expression.source)") }
        if let sketch = response.sketch { lines.append("the reply's fields: " + sketch) }
        if let responseBody { lines.append("the reply's body becomes \(responseBody.expression.source)") }
        if !statuses.isEmpty {
            let pairs = statuses.sorted { $0.key < $1.key }.map { "\($0.key) becomes \($0.value)" }
            lines.append("the status " + pairs.joined(separator: ", "))
        }
        return lines
    }
}

extension HeaderChanges {
    /// `X-A becomes X-B, without Server, X-C set`; nil for none.
    fileprivate var sketch: String? {
        guard !isEmpty else { return nil }
        var parts = renamed.map { "\($0.from) becomes \($0.to)" }
        parts += removed.map { "without \($0)" }
        parts += set.map { "\($0.name) set" }
        return parts.joined(separator: ", ")
    }
}
