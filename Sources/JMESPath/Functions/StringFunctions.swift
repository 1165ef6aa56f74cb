import JSONSlices

/// Strings are counted and compared by code points. Upper and lower case follow Unicode, without regard to language.
extension Evaluator {
    mutating func performOnStrings(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let range = invocation.range
        let text = invocation.text(0)
        try budget.spend(steps: text.utf8.count / 8, at: range)
        switch invocation.function {
        case .startsWith: return .bool(text.utf8.starts(with: invocation.text(1).utf8))
        case .endsWith: return .bool(text.utf8.reversed().starts(with: invocation.text(1).utf8.reversed()))
        case .lower: return try string(text.lowercased(), at: range)
        case .upper: return try string(text.uppercased(), at: range)
        case .join: return try join(invocation)
        case .replace: return try replace(invocation)
        case .split: return try split(invocation)
        default: return try find(invocation)
        }
    }

    private mutating func join(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        var joined = ""
        for (place, element) in invocation.elements(1).enumerated() {
            let part = (place == 0 ? "" : invocation.text(0)) + (element.string ?? "")
            try budget.spend(bytes: part.utf8.count, at: invocation.range)
            joined += part
        }
        return .string(joined)
    }

    /// Replaces from left to right, at most as often as the fourth argument says.
    private mutating func replace(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let limit = try invocation.count(3) ?? .max
        let text = Array(invocation.text(0).utf8)
        let wanted = Array(invocation.text(1).utf8)
        let replacement = Array(invocation.text(2).utf8)
        guard !wanted.isEmpty else { return try interleave(invocation, limit) }
        let places = TextSearch(wanted).places(in: text, atMost: limit)
        let (added, overflow) = places.count.multipliedReportingOverflow(by: replacement.count)
        try budget.spend(bytes: overflow ? .max : added, at: invocation.range)
        try budget.spend(bytes: text.count, at: invocation.range)
        var result: [UInt8] = []
        var end = 0
        for place in places {
            result += text[end..<place]
            result += replacement
            end = place + wanted.count
        }
        result += text[end...]
        return .string(String(decoding: result, as: UTF8.self))
    }

    /// Nothing is found between any two characters and at both ends.
    private mutating func interleave(_ invocation: Invocation, _ limit: Int) throws(ExpressionError) -> JSONValue {
        let replacement = invocation.text(2)
        var result = ""
        var left = limit
        for scalar in invocation.text(0).unicodeScalars {
            if left > 0 {
                try budget.spend(bytes: replacement.utf8.count, at: invocation.range)
                result += replacement
                left -= 1
            }
            result.unicodeScalars.append(scalar)
        }
        if left > 0 { result += replacement }
        return try string(result, at: invocation.range)
    }

    /// At most one part more than the third argument says: the last one is the rest.
    private mutating func split(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let limit = try invocation.count(2) ?? .max
        let text = invocation.text(0)
        let separator = Array(invocation.text(1).utf8)
        var parts: [String] = []
        if separator.isEmpty {
            try budget.spend(bytes: min(limit, text.utf8.count) * Self.elementCost, at: invocation.range)
            let scalars = text.unicodeScalars
            parts = scalars.prefix(limit).map { String($0) }
            if limit < .max { parts.append(String(scalars.dropFirst(limit))) }
        } else {
            let bytes = Array(text.utf8)
            let places = TextSearch(separator).places(in: bytes, atMost: limit)
            try budget.spend(bytes: places.count * Self.elementCost, at: invocation.range)
            var end = 0
            for place in places {
                parts.append(String(decoding: bytes[end..<place], as: UTF8.self))
                end = place + separator.count
            }
            parts.append(String(decoding: bytes[end...], as: UTF8.self))
        }
        try budget.spend(bytes: text.utf8.count, at: invocation.range)
        return try array(parts.map(JSONValue.string), at: invocation.range)
    }

    /// `find_first` and `find_last`: a place in code points, searched from the third argument up to the fourth; negative
    /// ones count from the end.
    private mutating func find(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let scalars = Array(invocation.text(0).unicodeScalars)
        let wanted = Array(invocation.text(1).unicodeScalars)
        let bounds = SliceBounds(
            start: try invocation.integer(2) ?? 0,
            stop: try invocation.integer(3),
            step: 1,
            range: invocation.range
        )
        guard !wanted.isEmpty else { return .null }
        let (first, count) = bounds.indices(count: scalars.count)
        guard count >= wanted.count else { return .null }
        let isFirst = invocation.function == .findFirst
        let window = scalars[first..<first + count]
        // Backwards, the last place is the first.
        let place =
            isFirst
            ? TextSearch(wanted).firstPlace(in: window)
            : TextSearch(wanted.reversed()).firstPlace(in: window.reversed())
        guard let place else { return .null }
        return .number(JSONNumber(first + (isFirst ? place : count - wanted.count - place)))
    }
}
