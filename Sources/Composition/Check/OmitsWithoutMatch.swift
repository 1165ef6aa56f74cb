import Diagnostics
import JMESPath

extension EndpointCheck {
    /// Paths of `omit` that nothing in the recorded answers matches: what they were to hide may go by another name.
    func omitsWithoutMatch() -> [Diagnostic] {
        guard let examples else { return [] }
        return plan.calls.indices.flatMap { index -> [Diagnostic] in
            let call = plan.calls[index]
            guard let paths = call.omit?.paths, !examples.bodies[index].isEmpty else { return [] }
            return zip(paths, call.places.elements(of: "omit")).compactMap { path, place in
                guard let miss = examples.unguarded[index].miss(of: path) else { return nil }
                return warning(
                    "nothing in the recorded answers of \(call.backends.map { "'\($0)'" }.joined(separator: " and ")) matches this path",
                    at: place,
                    help: miss.help
                )
            }
        }
    }
}

/// Where a path of `omit` comes to nothing.
private struct OmitMiss {
    let step: OmitPaths.Step
    /// What is there instead.
    let shape: ExampleShape

    var help: String {
        switch step {
        case .member(let name):
            if let nearest = nearestName(to: name, in: shape.memberNames) { return "did you mean '\(nearest)'?" }
            if !shape.hasObject, shape.hasArray { return "there is a list: write [] for its elements" }
        case .anyElement:
            if !shape.hasArray, shape.hasObject { return "there is an object and no list: leave out the []" }
        case .anyMember, .anyDepth:
            break
        }
        return "take it away, or record an answer that has it"
    }
}

extension ExampleShape {
    /// The first step of a path that leads nowhere; nil where the path matches something, or could.
    fileprivate func miss(of path: [OmitPaths.Step]) -> OmitMiss? {
        var shape = self
        for step in path {
            if shape.isOpen { return nil }
            let next: ExampleShape? =
                switch step {
                case .member(let name): shape.hasObject ? shape.member(name) : nil
                case .anyMember: shape.memberNames.isEmpty ? nil : shape.anyMember
                case .anyElement: shape.hasArray ? shape.element : nil
                case .anyDepth: shape.anyDepth
                }
            guard let next else { return OmitMiss(step: step, shape: shape) }
            shape = next
        }
        return nil
    }

    /// The shape and everything in it, as one.
    private var anyDepth: ExampleShape {
        var all = self
        if hasObject { all = memberNames.compactMap(member).reduce(all) { $0.union($1.anyDepth) } }
        if hasArray { all = all.union(element.anyDepth) }
        return all
    }
}
