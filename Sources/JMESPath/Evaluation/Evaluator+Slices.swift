import JSONSlices

extension SliceBounds {
    /// The indices of a list of that length which the slice takes, in its order. As in Python: bounds beyond the ends
    /// mean the ends.
    func indices(count: Int) -> (first: Int, count: Int) {
        let isForward = step > 0
        func bound(_ index: Int?, otherwise: Int) -> Int {
            guard let index else { return otherwise }
            let counted = index < 0 ? max(index, -count - 1) + count : index
            return isForward ? min(max(counted, 0), count) : min(max(counted, -1), count - 1)
        }
        let first = bound(start, otherwise: isForward ? 0 : count - 1)
        let end = bound(stop, otherwise: isForward ? count : -1)
        let distance = isForward ? end - first : first - end
        guard distance > 0 else { return (0, 0) }
        return (first, (distance - 1) / Int(clamping: step.magnitude) + 1)
    }

    /// The elements that the slice takes.
    func elements<Element>(of list: [Element]) -> [Element] {
        let (first, count) = indices(count: list.count)
        return (0..<count).map { list[first + $0 * step] }
    }
}

extension Evaluator {
    /// `left[a:b:c].right`: of an array its projection, of a string the string of the code points, else null (JEP-15).
    mutating func slice(
        _ value: JSONValue,
        _ bounds: SliceBounds,
        through right: Node
    ) throws(ExpressionError) -> JSONValue {
        if let text = value.string {
            let scalars = Array(text.unicodeScalars)
            try budget.spend(steps: scalars.count / 8, at: bounds.range)
            let result = try string(text: bounds.elements(of: scalars), at: bounds.range)
            return try evaluate(right, result)
        }
        guard value.kind == .array else { return .null }
        try budget.spend(steps: value.count, at: bounds.range)
        guard let elements = value.arrayElements else { return .null }
        return try project(.array(bounds.elements(of: elements)), through: right)
    }

    /// A string of these code points, paid for.
    mutating func string(
        text scalars: some Sequence<Unicode.Scalar>,
        at range: Range<Int>
    ) throws(ExpressionError) -> JSONValue {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return try string(text, at: range)
    }
}
