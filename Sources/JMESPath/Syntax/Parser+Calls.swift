import JSONSlices

/// Function calls: the function, the number of arguments, and which of them are references, are checked here.
extension Parser {
    /// `name(argument, …)`, from its name on. The arguments see `left` as the current value.
    mutating func parseCall(_ name: String, on left: Operand) throws(ExpressionError) -> Operand {
        let nameRange = token.range
        advance()
        guard let function = Function(rawValue: name) else {
            throw ExpressionError(
                kind: .unknownFunction,
                message: "there is no function '\(name)'",
                range: nameRange,
                fix: Function.nearest(to: name).map { "did you mean '\($0)'?" }
            )
        }
        let outer = currentIsScope
        if case .current = left.node {} else { currentIsScope = false }
        defer { currentIsScope = outer }
        advance()
        let signature = function.signature
        let (arguments, values) = try parseArguments(of: function)
        let range = nameRange.lowerBound..<(previous?.range.upperBound ?? nameRange.upperBound)
        guard signature.accepts(argumentCount: arguments.count) else {
            throw ExpressionError(
                kind: .invalidArity,
                message: "\(name)() takes \(signature.arityDescription), found \(arguments.count)",
                range: range
            )
        }
        for (place, argument) in arguments.enumerated() {
            let parameter = signature.parameter(at: place)
            guard argument.isReference != (parameter == .reference) else { continue }
            throw ExpressionError(
                kind: .invalidType,
                message: "\(name)() takes \(parameter.description) as argument \(place + 1), "
                    + "found \(argument.isReference ? ValueTypes.reference.description : "a value")",
                range: argument.range,
                fix: argument.isReference ? "take the & away" : "write & before the expression"
            )
        }
        if function == .zip { warnAboutZip(arguments) }
        let call = Call(function: function, signature: signature, arguments: arguments, range: range)
        return try applied(try operand(.call(call), over: values, range: range), to: left)
    }

    /// The arguments up to the closing parenthesis, and it too.
    private mutating func parseArguments(
        of function: Function
    ) throws(ExpressionError) -> ([Call.Argument], [Operand]) {
        var arguments: [Call.Argument] = []
        var values: [Operand] = []
        if skip(.closeParenthesis) { return (arguments, values) }
        while true {
            let start = token.range.lowerBound
            let isReference = skip(.reference)
            let outer = currentIsScope
            if isReference { currentIsScope = false }
            let first = position
            let value = try parseExpression()
            if position == first + 1 {
                warnAboutQuotedArgument(at: first, function.signature.parameter(at: values.count))
            }
            currentIsScope = outer
            values.append(value)
            arguments.append(
                Call.Argument(node: value.node, isReference: isReference, range: start..<value.range.upperBound)
            )
            if skip(.closeParenthesis) { return (arguments, values) }
            try expect(.comma, "',' or ')' in the arguments of \(function.rawValue)()")
        }
    }

    func refuseQuotedFunctionName() throws(ExpressionError) {
        guard case .quotedIdentifier(let name) = token.kind, isAt(.openParenthesis, ahead: 1) else { return }
        throw ExpressionError(
            kind: .syntax,
            message: "a function's name is not quoted",
            range: token.range,
            fix: Function(rawValue: name).map { "write \($0.rawValue)(…)" }
        )
    }

    func unexpectedCall(of what: String, at range: Range<Int>) -> ExpressionError {
        ExpressionError(kind: .syntax, message: "'\(what)' cannot be called: it is no function", range: range)
    }
}
