import JMESPath

extension Plan {
    /// A path that this endpoint answers, its parameters taken from paths that a backend is known to answer.
    ///
    /// - Parameter paths: the paths of recorded requests, by backend, percent-encoded.
    /// - Returns: nil when a parameter of the path is found in none, or a required one stands elsewhere.
    public func examplePath(from paths: [String: [String]]) -> String? {
        guard pattern.method == "GET", !parameters.contains(where: { $0.location != .path && $0.isRequired }) else {
            return nil
        }
        var values: [String: String] = [:]
        for call in calls {
            for path in call.backends.flatMap({ paths[$0] ?? [] }) {
                for (name, value) in parameterValues(of: call, in: path) where values[name] == nil {
                    values[name] = value
                }
            }
        }
        var example = ""
        for segment in pattern.segments {
            switch segment {
            case .literal(let text):
                example += "/" + text
            case .rest:
                return nil
            case .parameter(let wireName):
                guard let parameter = parameters.first(where: { $0.location == .path && $0.wireName == wireName }),
                    let value = values[parameter.name],
                    let texts = parameter.texts(inSegment: value), (try? parameter.value(from: texts)) != nil
                else { return nil }
                example += "/" + value
            }
        }
        return example.isEmpty ? "/" : example
    }

    /// How many calls the endpoint may make.
    public var callCount: Int { calls.count }

    /// The parameters that a recorded path of a call gives away: those that fill a whole segment of the call's path.
    private func parameterValues(of call: Call, in path: String) -> [String: String] {
        let pieces = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard pieces.count == call.path.segments.count else { return [:] }
        var values: [String: String] = [:]
        for (segment, piece) in zip(call.path.segments, pieces) {
            if let constant = segment.template.constant {
                guard constant == piece else { return [:] }
            } else if let expression = segment.template.single?.expression,
                let slot = expression.slots.first, expression.slots.count == 1,
                case .parameter(let index) = slotSources[slot], parameters[index].name == expression.source
            {
                values[expression.source] = String(piece)
            }
        }
        return values
    }
}
