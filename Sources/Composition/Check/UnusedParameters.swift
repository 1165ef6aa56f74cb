import Diagnostics

extension EndpointCheck {
    /// Parameters that nothing reads. A name that begins with `_` says that this is meant.
    func unusedParameters() -> [Diagnostic] {
        plan.parameters.indices.compactMap { index in
            let parameter = plan.parameters[index]
            guard !parameter.name.hasPrefix("_"), !isRead(index) else { return nil }
            let declaration = plan.parameterPlaces?.key(parameter.name)
            return warning(
                "nothing uses the parameter '\(parameter.name)'",
                at: declaration ?? placeInEndpoint(of: parameter.wireName),
                help: parameter.location == .path
                    ? "mention it as {\(parameter.name)}, or name it _\(parameter.wireName) to say that this is meant"
                    : "mention it as {\(parameter.name)}, or take it away"
            )
        }
    }

    /// Whether it is read by its name or as a part of the request that is passed on as a whole.
    private func isRead(_ index: Int) -> Bool {
        let parameter = plan.parameters[index]
        return plan.slotSources.contains { source in
            switch source {
            case .parameter(index): true
            case .requestPath: parameter.location == .path
            case .requestQuery: parameter.location == .query
            case .requestHeader(let name): name == parameter.wireName.lowercased()
            default: false
            }
        }
    }

    /// `{name}` in the endpoint's path.
    private func placeInEndpoint(of name: String) -> Diagnostic.Place {
        let file = plan.place.file
        let text = Array("{\(name)}".utf8)
        let start = plan.place.range.first { file.bytes[min($0, file.bytes.count)...].starts(with: text) }
        return start.map { .init(file: file, range: $0..<$0 + text.count) } ?? plan.place
    }
}
