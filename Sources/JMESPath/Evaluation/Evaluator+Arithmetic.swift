import JSONSlices

extension Evaluator {
    mutating func compute(_ arithmetic: Arithmetic, _ current: JSONValue) throws(ExpressionError) -> JSONValue {
        let left = try evaluate(arithmetic.left, current)
        let right = try evaluate(arithmetic.right, current)
        try checkOperand(left, of: arithmetic.operator, at: arithmetic.leftRange)
        try checkOperand(right, of: arithmetic.operator, at: arithmetic.rightRange)
        if let result = integerResult(arithmetic.operator, left, right) { return .number(JSONNumber(result)) }
        let first = try decimal(left, at: arithmetic.leftRange)
        let second = try decimal(right, at: arithmetic.rightRange)
        let range = arithmetic.range
        switch arithmetic.operator {
        case .add: return try number(Decimal.sum(first, second), at: range)
        case .subtract: return try number(Decimal.sum(first, second.negated), at: range)
        case .multiply:
            try budget.spend(steps: first.limbs.count * second.limbs.count, at: range)
            return try number(Decimal.product(first, second), at: range)
        case .divide, .divideToInteger, .remainder:
            guard !second.isZero else {
                throw ExpressionError(
                    kind: .notANumber,
                    message: "division by zero",
                    range: arithmetic.rightRange
                )
            }
            return try divide(first, by: second, arithmetic)
        }
    }

    private mutating func divide(
        _ dividend: Decimal,
        by divisor: Decimal,
        _ arithmetic: Arithmetic
    ) throws(ExpressionError) -> JSONValue {
        let range = arithmetic.range
        try budget.spend(steps: 64 + dividend.limbs.count * 4 + divisor.limbs.count * 4, at: range)
        if arithmetic.operator == .divide { return try number(Decimal.quotient(dividend, divisor), at: range) }
        guard let (quotient, remainder) = Decimal.floorDivision(dividend, divisor) else {
            return try number(nil, at: range)
        }
        return try number(arithmetic.operator == .divideToInteger ? quotient : remainder, at: range)
    }

    mutating func negate(
        _ operand: Node,
        _ current: JSONValue,
        _ range: Range<Int>
    ) throws(ExpressionError) -> JSONValue {
        let value = try evaluate(operand, current)
        try checkOperand(value, of: .subtract, at: range)
        return try number(try decimal(value, at: range).negated, at: range)
    }

    mutating func affirm(
        _ operand: Node,
        _ current: JSONValue,
        _ range: Range<Int>
    ) throws(ExpressionError) -> JSONValue {
        let value = try evaluate(operand, current)
        try checkOperand(value, of: .add, at: range)
        return value
    }

    /// Most numbers are small integers: no decimals for them.
    private func integerResult(_ operation: Arithmetic.Operator, _ left: JSONValue, _ right: JSONValue) -> Int? {
        guard let first = left.smallInteger, let second = right.smallInteger else { return nil }
        let (result, overflow) =
            switch operation {
            case .add: first.addingReportingOverflow(second)
            case .subtract: first.subtractingReportingOverflow(second)
            case .multiply: first.multipliedReportingOverflow(by: second)
            case .divide, .divideToInteger, .remainder: (0, true)
            }
        return overflow ? nil : result
    }

    private func checkOperand(
        _ value: JSONValue,
        of operation: Arithmetic.Operator,
        at range: Range<Int>
    ) throws(ExpressionError) {
        guard value.kind != .number else { return }
        throw ExpressionError(
            kind: .invalidType,
            message: "'\(operation.rawValue)' needs numbers, found \(ValueTypes(kind: value.kind).description)",
            range: range
        )
    }

    /// The value of a number.
    ///
    /// - Throws: `invalid-value` when it has more digits or a larger exponent than ``Decimal`` takes.
    func decimal(_ value: JSONValue, at range: Range<Int>) throws(ExpressionError) -> Decimal {
        guard let text = value.numberText, let decimal = Decimal(text: text) else { throw outOfBounds(range) }
        return decimal
    }

    /// A computed number; nil stands for one out of bounds.
    mutating func number(_ decimal: Decimal?, at range: Range<Int>) throws(ExpressionError) -> JSONValue {
        guard let decimal, let number = JSONNumber(text: decimal.text) else { throw outOfBounds(range) }
        try budget.spend(bytes: number.text.utf8.count, at: range)
        return .number(number)
    }

    func outOfBounds(_ range: Range<Int>) -> ExpressionError {
        ExpressionError(
            kind: .invalidValue,
            message: "a number to compute with has at most \(Decimal.digitLimit) digits "
                + "and an exponent of at most \(Decimal.exponentLimit)",
            range: range
        )
    }
}

extension JSONValue {
    /// The number, when it is written as an integer of up to 18 digits.
    var smallInteger: Int? {
        switch self {
        case .slice(let slice): slice.kind == .number ? slice.withUTF8(Self.smallInteger) : nil
        case .number(let number):
            if let result = number.text.utf8.withContiguousStorageIfAvailable(Self.smallInteger) { result } else { nil }
        default: nil
        }
    }

    private static func smallInteger(_ digits: UnsafeBufferPointer<UInt8>) -> Int? {
        let isNegative = digits.first == UInt8(ascii: "-")
        let magnitude = digits.dropFirst(isNegative ? 1 : 0)
        guard magnitude.count <= 18 else { return nil }
        var value = 0
        for digit in magnitude {
            guard Lexer.isDigit(digit) else { return nil }
            value = value * 10 + Int(digit &- UInt8(ascii: "0"))
        }
        // -0 has a sign that an integer loses.
        return isNegative ? (value == 0 ? nil : -value) : value
    }
}
