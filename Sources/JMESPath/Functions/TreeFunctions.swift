import JSONSlices

/// Medley's own functions that go down into objects: `merge_deep`, `camel_keys`, `snake_keys`.
extension Evaluator {
    mutating func performOnTrees(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        switch invocation.function {
        case .mergeDeep:
            // What is null takes no part; null when nothing does.
            let objects = invocation.values.filter { !$0.isNull }
            guard var merged = objects.first else { return .null }
            for object in objects.dropFirst() { merged = try mergeDeep(merged, object, at: invocation.range) }
            return merged
        case .camelKeys: return try renameKeys(of: invocation[0], KeyStyle.camel, at: invocation.range)
        default: return try renameKeys(of: invocation[0], KeyStyle.snake, at: invocation.range)
        }
    }

    /// Members that are objects on both sides are merged, of others the later one is taken.
    private mutating func mergeDeep(
        _ left: JSONValue,
        _ right: JSONValue,
        at range: Range<Int>
    ) throws(ExpressionError) -> JSONValue {
        guard left.kind == .object, right.kind == .object else { return right }
        try budget.spend(steps: left.count + right.count, at: range)
        try budget.spend(bytes: (left.count + right.count) * 2 * Self.elementCost, at: range)
        var merged = JSONObject(members: left.objectMembers ?? [])
        for (key, value) in right.objectMembers ?? [] {
            if let present = merged[key] {
                merged[key] = try mergeDeep(present, value, at: range)
            } else {
                merged[key] = value
            }
        }
        return .object(merged)
    }

    /// The value with the keys of all objects in it renamed. Where two keys become one, the last value is taken.
    private mutating func renameKeys(
        of value: JSONValue,
        _ style: (String) -> String,
        at range: Range<Int>
    ) throws(ExpressionError) -> JSONValue {
        switch value.kind {
        case .array:
            try budget.spend(steps: value.count, at: range)
            var elements: [JSONValue] = []
            for element in value.arrayElements ?? [] { elements.append(try renameKeys(of: element, style, at: range)) }
            return try array(elements, at: range)
        case .object:
            try budget.spend(steps: value.count, at: range)
            var members: [(key: String, value: JSONValue)] = []
            for (key, member) in value.objectMembers ?? [] {
                try budget.spend(bytes: key.utf8.count, at: range)
                members.append((style(key), try renameKeys(of: member, style, at: range)))
            }
            return try object(members, at: range)
        default: return value
        }
    }
}

/// How the words of a key are put together. Only ASCII letters have a case here.
enum KeyStyle {
    /// `product_id` and `product-id` become `productId`. Underscores at the start and the end stay.
    static func camel(_ key: String) -> String {
        let bytes = Array(key.utf8)
        let start = bytes.firstIndex { !isSeparator($0) } ?? bytes.count
        var result = Array(bytes[..<start])
        var separators: [UInt8] = []
        for byte in bytes[start...] {
            if isSeparator(byte) {
                separators.append(byte)
            } else if separators.isEmpty {
                result.append(byte)
            } else {
                result.append(isLower(byte) ? byte & 0xDF : byte)
                separators = []
            }
        }
        return String(decoding: result + separators, as: UTF8.self)
    }

    /// `productId`, `product-id` and `ProductID` become `product_id`; `userURLPath` becomes `user_url_path`.
    static func snake(_ key: String) -> String {
        let bytes = Array(key.utf8)
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            let last = index > 0 ? bytes[index - 1] : UInt8(ascii: "_")
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            if byte == UInt8(ascii: "-"), index > 0 {
                result.append(UInt8(ascii: "_"))
            } else if isUpper(byte) {
                let startsWord = isLower(last) || Lexer.isDigit(last) || isUpper(last) && isLower(next)
                if startsWord { result.append(UInt8(ascii: "_")) }
                result.append(byte | 0x20)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    private static func isLower(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "a") < 26
    }

    private static func isUpper(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "A") < 26
    }
}
