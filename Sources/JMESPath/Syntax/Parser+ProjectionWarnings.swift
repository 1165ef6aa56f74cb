import JSONSlices

/// Warnings about what stands behind projections: it applies to each element, and what is null is left out.
extension Parser {
    enum Projection {
        case list, flatten, filter, slice
    }

    /// A filter, an index or a slice right behind a projection applies to each element: `[a, b][][?x]` is always empty,
    /// and so is `list[?x][0]` unless the elements are lists.
    mutating func warnAboutStep(after projection: Projection) {
        if isAt(.filter) {
            let fix =
                switch projection {
                case .list: "write [?…] without [*]"
                case .filter: "write both conditions in one: [?… && …]"
                case .flatten, .slice: "write a pipe before it: … | [?…]"
                }
            return warn("this filter looks into each element, and does not filter the list", at: token.range, fix: fix)
        }
        guard projection != .list, isAt(.openBracket) else { return }
        switch self.token(ahead: 1).kind {
        case .number, .symbol(.colon):
            let end = tokens[position...].first { $0.isCloseBracket }?.range.upperBound ?? token.range.upperBound
            warn(
                "this index or slice is applied to each element, and not to the list",
                at: token.range.lowerBound..<end,
                fix: "write a pipe before it: … | […]"
            )
        default: break
        }
    }

    /// `users[?id == $id].name[0]` takes the first element of each name.
    mutating func warnAboutLastIndex(_ right: Operand) {
        guard case .path(.current, let path, _) = right.node, path.steps.count > 1,
            case .index(let index)? = path.steps.last, index == 0 || index == -1
        else { return }
        warn(
            "this takes an element of each result, and not a result",
            at: right.range,
            fix: "for the one result, write a pipe before the index: … | [\(index)]"
        )
    }

    /// `zip(items[].id, items[].name)`: where one item has no name, the names of all others move up.
    mutating func warnAboutZip(_ arguments: [Call.Argument]) {
        let projected = arguments.map { $0.node.projected }
        guard arguments.count > 1, let place = projected.firstIndex(where: { $0?.canBeNull == true }) else { return }
        let names = projected.compactMap { $0?.memberName }
        let fix =
            names.count == arguments.count
            ? "write list[*].[\(names.joined(separator: ", "))], or map(&\(names[place]), list)"
            : "select the pairs in one step, list[*].[a, b], or keep nulls with map(&a, list)"
        warn(
            "elements that are null are left out here, and those behind them move up: "
                + "the pairs no longer belong together",
            at: arguments[place].range,
            fix: fix
        )
    }

    /// `list[*].name | [2]` is the third name that there is, and not the name of the third.
    mutating func warnAboutShiftedIndex(_ left: Node, _ right: Operand) {
        guard case .listProjection(_, let projected) = left, projected.canBeNull,
            case .path(.current, let path, _) = right.node, case .index(let index)? = path.steps.first,
            index != 0, index != -1
        else { return }
        let name = projected.memberName.map { ".\($0)" } ?? ".…"
        warn(
            "elements that are null are left out before this counts",
            at: right.range,
            fix: "for what the element at that place has, write list[\(index)]\(name)"
        )
    }
}

extension Node {
    /// What a projection applies to each element; nil for anything else.
    fileprivate var projected: Node? {
        switch self {
        case .listProjection(_, let right), .objectProjection(_, let right), .flattenProjection(_, let right),
            .filterProjection(_, _, let right), .sliceProjection(_, _, let right):
            right
        default: nil
        }
    }

    /// Whether it reads something that an element may not have.
    fileprivate var canBeNull: Bool {
        switch self {
        case .path, .subexpression: true
        default: false
        }
    }

    fileprivate var memberName: String? {
        guard case .path(.current, let path, _) = self, path.steps.count == 1, case .member(let key)? = path.steps.first
        else { return nil }
        return key.string
    }
}

extension Token {
    fileprivate var isCloseBracket: Bool {
        if case .symbol(.closeBracket) = kind { return true }
        return false
    }
}
