/// A place in JSON bodies that an operator calls secret: `payment.card.number`, `items[].token`, `**.email`.
///
/// Names are separated by dots; `*` is any member, `[]` any element of a list, `**` any depth. A name with other
/// characters stands in double quotes.
public struct RedactionPath: Hashable, Sendable, CustomStringConvertible {
    enum Step: Hashable, Sendable {
        case member(String)
        case anyMember
        case anyElement
        case anyDepth
    }

    public struct SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    let steps: [Step]
    public let description: String

    /// - Throws: what is wrong with the text.
    public init(_ text: String) throws(SyntaxError) {
        var steps: [Step] = []
        var rest = text[...]
        var needsDot = false
        while !rest.isEmpty {
            if rest.hasPrefix("[]") || rest.hasPrefix("[*]") {
                rest = rest.dropFirst(rest.hasPrefix("[]") ? 2 : 3)
                steps.append(.anyElement)
                needsDot = true
                continue
            }
            if needsDot {
                guard rest.first == "." else { throw Self.failure(text, "expected '.' or '[]' before '\(rest)'") }
                rest = rest.dropFirst()
            }
            needsDot = true
            if rest.first == "\"" {
                guard let end = rest.dropFirst().firstIndex(of: "\"") else {
                    throw Self.failure(text, "the quote is not closed")
                }
                steps.append(.member(String(rest[rest.index(after: rest.startIndex)..<end])))
                rest = rest[rest.index(after: end)...]
                continue
            }
            let name = rest.prefix { $0 != "." && $0 != "[" && $0 != "]" && $0 != "\"" }
            guard !name.isEmpty else { throw Self.failure(text, "expected a name at '\(rest)'") }
            steps.append(name == "*" ? .anyMember : name == "**" ? .anyDepth : .member(String(name)))
            rest = rest.dropFirst(name.count)
        }
        guard let last = steps.last else { throw SyntaxError(description: "a path must name something") }
        guard last != .anyDepth else { throw Self.failure(text, "a name must stand after '**.'") }
        self.steps = steps
        description = text
    }

    private static func failure(_ text: String, _ detail: String) -> SyntaxError {
        SyntaxError(description: "'\(text)' is no path such as payment.card, items[].token or **.email: \(detail)")
    }
}

/// The paths that still lead somewhere from one value of a document.
struct ActivePaths {
    private var paths: [ArraySlice<RedactionPath.Step>]

    init(_ paths: [RedactionPath]) {
        self.paths = paths.map { $0.steps[...] }
    }

    /// Those that lead on from a member of that name, and whether one of them ends there.
    func member(_ name: String) -> (rest: ActivePaths, isEnd: Bool) {
        advanced { step in
            if case .member(let wanted) = step { return wanted.utf8.elementsEqual(name.utf8) }
            return step == .anyMember
        }
    }

    func element() -> (rest: ActivePaths, isEnd: Bool) {
        advanced { $0 == .anyElement }
    }

    private func advanced(_ matches: (RedactionPath.Step) -> Bool) -> (rest: ActivePaths, isEnd: Bool) {
        var rest: [ArraySlice<RedactionPath.Step>] = []
        var isEnd = false
        func take(_ path: ArraySlice<RedactionPath.Step>) {
            guard let step = path.first else { return }
            if step == .anyDepth {
                if !rest.contains(path) { rest.append(path) }
                take(path.dropFirst())
            } else if matches(step) {
                let remaining = path.dropFirst()
                if remaining.isEmpty { isEnd = true } else if !rest.contains(remaining) { rest.append(remaining) }
            }
        }
        for path in paths { take(path) }
        var active = self
        active.paths = rest
        return (active, isEnd)
    }
}
