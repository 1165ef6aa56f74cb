import JSONSlices

/// Operators, and what of their operands can be told to be wrong.
extension Analyzer {
    /// The first operand that is true, or else the last.
    mutating func or(_ operands: [Node], _ current: StaticType) -> StaticType {
        firstOperand(of: operands, being: true, current, chosen: \.withoutNull)
    }

    /// The first operand that is false, or else the last.
    mutating func and(_ operands: [Node], _ current: StaticType) -> StaticType {
        firstOperand(of: operands, being: false, current, chosen: \.whenFalse)
    }

    /// - Parameter chosen: what an operand is when those behind it are not looked at.
    private mutating func firstOperand(
        of operands: [Node],
        being isTrue: Bool,
        _ current: StaticType,
        chosen: (StaticType) -> StaticType
    ) -> StaticType {
        let outer = notNull
        defer { notNull = outer }
        var result = StaticType.never
        for (place, operand) in operands.enumerated() {
            let type = type(of: operand, current)
            result = result.or(place == operands.count - 1 ? type : chosen(type))
            notNull.assume(operand, is: !isTrue)
        }
        return result
    }

    mutating func conditional(
        _ condition: Node,
        _ then: Node,
        _ otherwise: Node,
        _ current: StaticType
    ) -> StaticType {
        _ = type(of: condition, current)
        let outer = notNull
        defer { notNull = outer }
        notNull.assume(condition, is: true)
        let first = type(of: then, current)
        notNull = outer
        notNull.assume(condition, is: false)
        return first.or(type(of: otherwise, current))
    }

    // MARK: Comparison

    mutating func compare(_ comparison: Comparison, _ current: StaticType) -> StaticType {
        let left = type(of: comparison.left, current)
        let right = type(of: comparison.right, current)
        let common = left.types.intersection(right.types)
        let isKnown = !left.types.isEmpty && !right.types.isEmpty
        let sides = "\(left.types.description) and \(right.types.description)"
        switch comparison.operator {
        case .equal, .notEqual:
            if isKnown, common.isEmpty {
                let outcome = comparison.operator == .equal ? "false" : "true"
                report(.pointless, "this is always \(outcome): \(sides) are never equal", at: comparison.range)
            }
            return StaticType(.boolean)
        default:
            let ordered = common.intersection([.number, .string])
            if isKnown, ordered.isEmpty {
                let message = "this is always null: only two numbers or two strings have an order, not \(sides)"
                report(.pointless, message, at: comparison.range)
                return .null
            }
            let areOrdered = left.types == right.types && (left.types == .number || left.types == .string)
            return StaticType(areOrdered ? .boolean : [.boolean, .null])
        }
    }

    // MARK: Arithmetic

    mutating func compute(_ arithmetic: Arithmetic, _ current: StaticType) -> StaticType {
        let left = type(of: arithmetic.left, current)
        let right = type(of: arithmetic.right, current)
        let isText = arithmetic.operator == .add && (left.types == .string || right.types == .string)
        let need = "'\(arithmetic.operator.rawValue)' needs numbers on both sides"
        let fix = isText ? "texts are put together by join('', [a, b])" : nil
        checkNumber(left, at: arithmetic.leftRange, need, fix: fix)
        checkNumber(right, at: arithmetic.rightRange, need, fix: fix)
        if arithmetic.operator.isDivision, case .literal(let divisor) = arithmetic.right,
            divisor.numberText.flatMap(Decimal.init(text:))?.isZero == true
        {
            report(.failure(.notANumber), "division by zero", at: arithmetic.rightRange)
        }
        let areIntegers = left.isInteger && right.isInteger && arithmetic.operator != .divide
        return areIntegers ? .integer : StaticType(.number)
    }

    mutating func checkNumber(_ type: StaticType, at range: Range<Int>, _ need: String, fix: String? = nil) {
        guard !type.types.isEmpty else { return }
        guard type.types.contains(.number) else {
            return report(.failure(.invalidType), "\(need), found \(type.types.description)", at: range, fix: fix)
        }
        guard let cause = type.nullCause else { return }
        let written = text(at: range).map { "write (\($0) || `0`)" }
        report(.possibleNull, "\(need); this is null when \(cause)", at: range, fix: written)
    }

    // MARK: Paths

    /// A member that there cannot be, or an index into what is no array.
    mutating func checkStep(_ step: JSONPath.Step, into type: StaticType, at range: Range<Int>) {
        let rest = type.withoutNull.types
        guard !rest.isEmpty else { return }
        switch step {
        case .index where !rest.contains(.array):
            report(.pointless, "an index into \(rest.description) is always null", at: range)
        case .member(let key) where !rest.contains(.object):
            let fix = rest == .array ? "for each element, write [].\(key.string)" : nil
            report(.pointless, "'\(key.string)' of \(rest.description) is always null", at: range, fix: fix)
        case .member(let key) where rest == .object && type.object.isClosed && type.object.members[key] == nil:
            let names = type.object.members.keys.map(\.string)
            let fix =
                Function.nearest(to: key.string, among: names).map { "did you mean '\($0)'?" }
                ?? (names.count <= 12 ? "it has: \(names.sorted().joined(separator: ", "))" : nil)
            report(.pointless, "the object here never has a member '\(key.string)'", at: range, fix: fix)
        default: break
        }
    }
}

extension Arithmetic.Operator {
    fileprivate var isDivision: Bool {
        switch self {
        case .divide, .divideToInteger, .remainder: true
        case .add, .subtract, .multiply: false
        }
    }
}
