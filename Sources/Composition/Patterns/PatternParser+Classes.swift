/// `[…]`: one character out of many.
extension PatternParser {
    /// CharacterClass, from its bracket on.
    mutating func characterClass() throws(PatternError) -> ScalarSet {
        let open = position
        advance()
        let isNegated = take("^")
        // ECMA-262 reads [] as nothing and [^] as anything, other dialects take the ] as a member: better refused.
        if next == "]" {
            throw error(
                "an empty class",
                from: open,
                length: position - open + 1,
                help: "write \\] for a ']' in a class, [\\s\\S] for any character"
            )
        }
        var ranges: [ClosedRange<UInt32>] = []
        while !take("]") {
            let start = position
            let first = try classAtom(openedAt: open)
            guard next == "-", let end = peek(1), end != "]" else {
                ranges += first.ranges
                continue
            }
            advance()
            let last = try classAtom(openedAt: open)
            ranges.append(try range(from: first, to: last, at: start))
        }
        let set = ScalarSet(ranges)
        return isNegated ? set.inverted : set
    }

    private mutating func classAtom(openedAt open: Int) throws(PatternError) -> Atom {
        guard let scalar = next else {
            throw error("the class is never closed", from: open, length: 1, help: "add a ']', or write \\[ for a '['")
        }
        if scalar == "\\" { return try escape(inClass: true) }
        if scalar == "[", let kind = peek(1), kind == ":" || kind == "=" || kind == "." {
            throw error(
                "'[\(kind)' in a class is not supported",
                from: position,
                length: 2,
                help: "write the ranges, as in a-z; for a '[' write \\["
            )
        }
        advance()
        return .scalar(scalar)
    }

    private func range(from first: Atom, to last: Atom, at start: Int) throws(PatternError) -> ClosedRange<UInt32> {
        guard case .scalar(let lower) = first, case .scalar(let upper) = last else {
            throw error(
                "a shorthand cannot be the end of a range",
                from: start,
                length: position - start,
                help: "write \\- for a '-'"
            )
        }
        guard lower <= upper else {
            throw error(
                "the range's end comes before its beginning",
                from: start,
                length: position - start,
                help: "write \\- for a '-'"
            )
        }
        return lower.value...upper.value
    }
}

extension PatternParser.Atom {
    fileprivate var ranges: [ClosedRange<UInt32>] {
        switch self {
        case .scalar(let scalar): [scalar.value...scalar.value]
        case .set(let set): set.ranges
        }
    }
}
