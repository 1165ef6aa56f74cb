import NIOHTTP1

/// One reason why a fixture does not answer a request.
enum Difference: Hashable, Sendable, CustomStringConvertible {
    case method(expected: String, asked: String)
    case path(expected: String, asked: String)
    case query(name: String, expected: [String], asked: [String])
    case header(name: String, expected: String, asked: [String])
    /// The request has no body, or one that is not JSON.
    case bodyIsNotJSON
    /// A JSON Pointer to the first place where the bodies differ.
    case json(pointer: String)
    case text

    var description: String {
        switch self {
        case .method(let expected, let asked):
            "the method is \(asked), the fixture has \(expected)"
        case .path(let expected, let asked):
            "the path is \(asked), the fixture has \(expected)"
        case .query(let name, let expected, let asked):
            "the query parameter '\(name)' is \(Self.list(asked)), the fixture has \(Self.list(expected))"
        case .header(let name, let expected, let asked):
            "the header '\(name)' is \(Self.list(asked)), the fixture has '\(expected)'"
        case .bodyIsNotJSON:
            "the body is missing or is not JSON, the fixture has a JSON body"
        case .json(let pointer):
            pointer.isEmpty ? "the body differs" : "the body differs at \(pointer)"
        case .text:
            "the body's text differs"
        }
    }

    /// How far the difference puts a fixture from the request: another resource is further than another variant of it.
    var weight: Int {
        switch self {
        case .method: 3
        case .path(let expected, let asked): 4 * Self.differingSegments(expected, asked)
        case .query, .header, .bodyIsNotJSON, .json, .text: 1
        }
    }

    private static func list(_ values: [String]) -> String {
        values.isEmpty ? "missing" : values.map { "'\($0)'" }.joined(separator: ", ")
    }

    private static func differingSegments(_ left: String, _ right: String) -> Int {
        let left = left.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let right = right.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let differing = zip(left, right).count { expected, asked in
            // A brace that is none of a placeholder is percent-encoded.
            let isMet = expected.first == UInt8(ascii: "{") ? !asked.isEmpty : expected.elementsEqual(asked)
            return !isMet
        }
        return differing + abs(left.count - right.count)
    }
}

extension ExpectedRequest {
    /// Everything that keeps this fixture from answering the request; empty when it matches.
    ///
    /// - Parameters:
    ///   - method: what the fixture's method is compared with: the request's own, or GET for a HEAD.
    ///   - json: the request's body as JSON, parsed by the caller once for all fixtures; nil when it is none.
    func differences(from asked: AskedRequest, method: String, json: ComparableJSON?) -> [Difference] {
        var differences: [Difference] = []
        if self.method != method { differences.append(.method(expected: self.method, asked: method)) }
        if !pattern.matches(asked.path) { differences.append(.path(expected: path, asked: asked.path)) }
        for parameter in query {
            let values = asked.values(ofParameter: parameter.name)
            if !parameter.matches(values) {
                let expected = parameter.values.map(\.description)
                differences.append(.query(name: parameter.name, expected: expected, asked: values))
            }
        }
        for header in headers {
            let values = asked.headers[header.name]
            if !header.matches(values) {
                differences.append(.header(name: header.name, expected: header.value.description, asked: values))
            }
        }
        if let difference = bodyDifference(from: asked, json: json) { differences.append(difference) }
        return differences
    }

    private func bodyDifference(from asked: AskedRequest, json: ComparableJSON?) -> Difference? {
        switch body {
        case nil: return nil
        case .text(let text): return text == asked.body ? nil : .text
        case .json(let expected):
            guard let json else { return .bodyIsNotJSON }
            return expected.firstDifference(from: json).map { .json(pointer: $0) }
        case .contains(let part):
            guard let json else { return .bodyIsNotJSON }
            return part.firstDifference(fromWhole: json).map { .json(pointer: $0) }
        }
    }
}
