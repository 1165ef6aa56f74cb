import JSONSlices

/// A compiled expression: names are resolved, member names prepared, constants decoded.
///
/// Every node is evaluated against a current value; `right` of a projection against each element in turn.
indirect enum Node: Sendable {
    case current
    case root
    /// A name of the scope.
    case slot(Int)
    /// A variable bound by `let`: its place among those in force.
    case variable(Int)
    case literal(JSONValue)

    /// Members and elements, one after the other: `a.b[0].c` is one node. With its place in the source.
    case path(Node, JSONPath, range: Range<Int>)
    /// `left.right`, where `right` is a function call or a multi-select: null when `left` is.
    case subexpression(Node, Node)
    case pipe(Node, Node)

    case listProjection(Node, right: Node)
    case objectProjection(Node, right: Node)
    case filterProjection(Node, condition: Node, right: Node)
    case flattenProjection(Node, right: Node)
    case sliceProjection(Node, SliceBounds, right: Node)

    case selectList([Node])
    case selectObject(ObjectSelection)

    /// The first operand that is true, or else the last.
    case or([Node])
    /// The first operand that is false, or else the last.
    case and([Node])
    case not(Node)
    case conditional(Node, then: Node, otherwise: Node)
    case comparison(Comparison)
    case arithmetic(Arithmetic)
    case negation(Node, range: Range<Int>)
    /// `+x`: x, which has to be a number.
    case affirmation(Node, range: Range<Int>)

    /// Evaluates the values, puts them behind the variables in force, evaluates the body.
    case bind([Node], body: Node)
    case call(Call)
}

/// `[start:stop:step]` as it was written; what is left out is nil.
struct SliceBounds: Sendable {
    var start: Int?
    var stop: Int?
    /// Never 0.
    var step: Int
    var range: Range<Int>
}

struct Comparison: Sendable {
    enum Operator: Sendable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    }

    var `operator`: Operator
    var left: Node
    var right: Node
    /// The right side when it is a string that the expression gives: compared without decoding the left side.
    var text: JSONKey?
    var range: Range<Int>
}

struct Arithmetic: Sendable {
    enum Operator: String, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case divideToInteger = "//"
        case remainder = "%"
    }

    var `operator`: Operator
    var left: Node
    var right: Node
    var leftRange: Range<Int>
    var rightRange: Range<Int>

    var range: Range<Int> {
        leftRange.lowerBound..<rightRange.upperBound
    }
}

/// A function call with as many arguments as the function takes.
struct Call: Sendable {
    struct Argument: Sendable {
        var node: Node
        /// `&node`: to be evaluated by the function, against values of its choice.
        var isReference: Bool
        var range: Range<Int>
    }

    var function: Function
    var signature: Signature
    var arguments: [Argument]
    var range: Range<Int>
}
