/// The functions that an expression can call: those of JMESPath Community Edition, and Medley's own.
enum Function: String, CaseIterable, Sendable {
    // Numbers
    case abs, avg, ceil, floor, sum
    // Strings
    case endsWith = "ends_with"
    case findFirst = "find_first"
    case findLast = "find_last"
    case join, lower
    case padLeft = "pad_left"
    case padRight = "pad_right"
    case replace, split
    case startsWith = "starts_with"
    case trim
    case trimLeft = "trim_left"
    case trimRight = "trim_right"
    case upper
    // Arrays, and what has a length
    case contains, length, map, reverse, zip
    // Order
    case max
    case maxBy = "max_by"
    case min
    case minBy = "min_by"
    case sort
    case sortBy = "sort_by"
    // Objects
    case fromItems = "from_items"
    case groupBy = "group_by"
    case items, keys, merge, values
    // Types
    case notNull = "not_null"
    case toArray = "to_array"
    case toNumber = "to_number"
    case toString = "to_string"
    case type
    // Medley's own: null for null
    case lookup
    case indexBy = "index_by"
    case slice, range
    case mergeDeep = "merge_deep"
    case camelKeys = "camel_keys"
    case snakeKeys = "snake_keys"
    case bucket
    case toEpoch = "to_epoch"
    case fromEpoch = "from_epoch"

    var signature: Signature {
        switch self {
        case .abs, .ceil, .floor: Signature(parameters: [.number], result: .number)
        case .avg: Signature(parameters: [.numbers], result: [.number, .null])
        case .sum: Signature(parameters: [.numbers], result: .number)

        case .endsWith, .startsWith: Signature(parameters: [.string, .string], result: .boolean)
        case .findFirst, .findLast:
            Signature(parameters: [.string, .string, .number, .number], optional: 2, result: [.number, .null])
        case .join: Signature(parameters: [.string, .strings], result: .string)
        case .lower, .upper: Signature(parameters: [.string], result: .string)
        case .padLeft, .padRight:
            Signature(parameters: [.string, .number, .string], optional: 1, result: .string)
        case .replace:
            Signature(parameters: [.string, .string, .string, .number], optional: 1, result: .string)
        case .split: Signature(parameters: [.string, .string, .number], optional: 1, result: .array)
        case .trim, .trimLeft, .trimRight:
            Signature(parameters: [.string, .string], optional: 1, result: .string)

        case .contains: Signature(parameters: [[.array, .string], .any], result: .boolean)
        case .length: Signature(parameters: [[.array, .object, .string]], result: .number)
        case .map: Signature(parameters: [.reference, .array], result: .array)
        case .reverse: Signature(parameters: [[.array, .string]], result: [.array, .string])
        case .zip: Signature(parameters: [.array], isVariadic: true, result: .array)

        case .max, .min: Signature(parameters: [[.numbers, .strings]], result: [.number, .string, .null])
        case .maxBy, .minBy: Signature(parameters: [.array, .reference], result: .any)
        case .sort: Signature(parameters: [[.numbers, .strings]], result: .array)
        case .sortBy: Signature(parameters: [.array, .reference], result: .array)

        case .fromItems: Signature(parameters: [.array], result: .object)
        case .groupBy: Signature(parameters: [.array, .reference], result: .object)
        case .items: Signature(parameters: [.object], result: .array)
        case .keys, .values: Signature(parameters: [.object], result: .array)
        case .merge: Signature(parameters: [.object], isVariadic: true, result: .object)

        case .notNull: Signature(parameters: [.any], isVariadic: true, result: .any)
        case .toArray: Signature(parameters: [.any], result: .array)
        case .toNumber: Signature(parameters: [.any], result: [.number, .null])
        case .toString: Signature(parameters: [.any], result: .string)
        case .type: Signature(parameters: [.any], result: .string)

        case .lookup:
            Signature(
                parameters: [[.object, .array, .null], [.string, .number, .boolean, .null]],
                result: .any
            )
        case .indexBy: Signature(parameters: [[.array, .null], .reference], result: [.object, .null])
        case .slice:
            Signature(
                parameters: [[.array, .string, .null], [.number, .null], [.number, .null]],
                optional: 1,
                result: [.array, .string, .null]
            )
        case .range: Signature(parameters: [[.number, .null], [.number, .null]], result: [.array, .null])
        case .mergeDeep: Signature(parameters: [[.object, .null]], isVariadic: true, result: [.object, .null])
        case .camelKeys, .snakeKeys: Signature(parameters: [.any], result: .any)
        case .bucket:
            Signature(
                parameters: [[.string, .number, .boolean, .null], [.number, .null]],
                result: [.number, .null]
            )
        case .toEpoch: Signature(parameters: [[.string, .null]], result: [.number, .null])
        case .fromEpoch: Signature(parameters: [[.number, .null]], result: [.string, .null])
        }
    }
}
