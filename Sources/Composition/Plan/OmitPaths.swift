import JSONSlices

/// The members that a call's value never shows: the last guard before anything can read them.
///
/// A path is names, `*` (any member), `[]` (any element) and `**` (any depth), as in `passwordHash`, `[].secret`,
/// `orders[].card.number`, `**.email`, `"a.b".c`. Values without a match keep their bytes.
struct OmitPaths: Sendable {
    enum Step: Hashable, Sendable {
        case member(String)
        case anyMember
        case anyElement
        case anyDepth
    }

    struct Failure: Error, Equatable {
        var message: String
        var help: String?
        /// UTF-8 offsets in the path.
        var range: Range<Int>
    }

    let paths: [[Step]]

    /// The value without the members that match.
    func applied(to value: JSONValue) -> JSONValue {
        reduced(value, paths.map { $0[...] }, depth: 0) ?? value
    }

    /// Values nested deeper than this are not searched any further: an index of JSON refuses them before.
    private static let maximumDepth = 1024

    /// The changed value, or nil when nothing in it matches.
    private func reduced(_ value: JSONValue, _ active: [ArraySlice<Step>], depth: Int) -> JSONValue? {
        guard depth < Self.maximumDepth, !active.isEmpty else { return nil }
        if let elements = value.arrayElements {
            let below = Self.advance(active) { $0 == .anyElement }.rest
            var changed = false
            let kept = elements.map { element in
                guard let reduced = reduced(element, below, depth: depth + 1) else { return element }
                changed = true
                return reduced
            }
            return changed ? .array(kept) : nil
        }
        guard let members = value.objectMembers else { return nil }
        // A name that stands twice would keep its first value, unseen, in the bytes: such an object is made anew.
        var changed = members.count != value.count
        var kept: [(key: String, value: JSONValue)] = []
        kept.reserveCapacity(members.count)
        for member in members {
            let (rest, matched) = Self.advance(active) { step in
                if case .member(let name) = step { return name.utf8.elementsEqual(member.key.utf8) }
                return step == .anyMember
            }
            if matched {
                changed = true
            } else if let reduced = reduced(member.value, rest, depth: depth + 1) {
                changed = true
                kept.append((member.key, reduced))
            } else {
                kept.append(member)
            }
        }
        return changed ? .object(JSONObject(members: kept)) : nil
    }

    /// Takes one step down: what remains of each path, and whether one of them has come to its end.
    static func advance(
        _ active: [ArraySlice<Step>],
        _ matches: (Step) -> Bool
    ) -> (rest: [ArraySlice<Step>], matched: Bool) {
        var rest: [ArraySlice<Step>] = []
        var matched = false
        func take(_ path: ArraySlice<Step>) {
            guard let step = path.first else { return }
            if step == .anyDepth {
                if !rest.contains(path) { rest.append(path) }
                take(path.dropFirst())
            } else if matches(step) {
                let remaining = path.dropFirst()
                if remaining.isEmpty { matched = true } else if !rest.contains(remaining) { rest.append(remaining) }
            }
        }
        for path in active { take(path) }
        return (rest, matched)
    }

    static func parse(_ text: String) throws(Failure) -> [Step] {
        let bytes = Array(text.utf8)
        var steps: [Step] = []
        var index = 0
        func failure(_ message: String, _ start: Int) -> Failure {
            Failure(
                message: message,
                help: "for instance \"secret\", \"[].secret\", \"**.email\"",
                range: start..<max(start + 1, index)
            )
        }
        while index < bytes.count {
            let start = index
            switch bytes[index] {
            case UInt8(ascii: "["):
                guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "]") else {
                    throw failure("'[' stands only as '[]', any element", start)
                }
                steps.append(.anyElement)
                index += 2
            case UInt8(ascii: "*"):
                let isDeep = index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "*")
                steps.append(isDeep ? .anyDepth : .anyMember)
                index += isDeep ? 2 : 1
            case UInt8(ascii: "\""):
                var end = index + 1
                while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
                    end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
                }
                guard end < bytes.count,
                    let name = try? JSONDocument(parsing: Array(bytes[index...end])).root.string
                else { throw failure("a quoted name that is no JSON string", start) }
                steps.append(.member(name))
                index = end + 1
            case let byte where Names.isLetter(byte):
                while index < bytes.count, Names.isLetter(bytes[index]) || Names.isDigit(bytes[index]) { index += 1 }
                steps.append(.member(String(decoding: bytes[start..<index], as: UTF8.self)))
            default:
                throw failure("a path is names, '*', '[]' and '**', joined by dots", start)
            }
            guard index < bytes.count else { break }
            if bytes[index] == UInt8(ascii: ".") {
                index += 1
                guard index < bytes.count else { throw failure("a path cannot end in a dot", index - 1) }
            } else if bytes[index] != UInt8(ascii: "[") {
                throw failure("names are joined by dots; quote a name with other characters", index)
            }
        }
        guard let last = steps.last else { throw failure("an empty path", 0) }
        guard last != .anyDepth, last != .anyElement else {
            throw failure("a path ends in the name of a member to leave out", 0)
        }
        return steps
    }
}
