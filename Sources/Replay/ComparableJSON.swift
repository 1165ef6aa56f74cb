import JSONSlices

/// A JSON value as two people who read it would compare it: the order of an object's members does not count, a number
/// is its exact decimal value (`1`, `1.0` and `10e-1` are one number), strings are compared by code point.
///
/// Of a repeated key the last value counts.
public indirect enum ComparableJSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Decimal)
    case string([UInt8])
    case array([ComparableJSON])
    case object([[UInt8]: ComparableJSON])

    /// A number in scientific notation without leading or trailing zeros: `0.<digits>` times ten to the exponent.
    /// Zero has no digits, exponent 0 and no sign.
    public struct Decimal: Hashable, Sendable {
        let isNegative: Bool
        let digits: [UInt8]
        let exponent: Int
    }

    /// Nil when the bytes are no JSON or are nested deeper than 128 levels.
    init?(parsing bytes: [UInt8]) {
        guard !bytes.isEmpty else { return nil }
        guard let document = try? JSONDocument(parsing: bytes, limits: JSONLimits(maxDepth: 128)) else { return nil }
        self.init(document.root)
    }

    init(_ slice: JSONSlice) {
        switch slice.kind {
        case .null: self = .null
        case .false: self = .bool(false)
        case .true: self = .bool(true)
        case .number: self = .number(Decimal(slice.numberText ?? ""))
        case .string: self = .string(Array((slice.string ?? "").utf8))
        case .array: self = .array(slice.elements.map { ComparableJSON($0) })
        case .object:
            var members: [[UInt8]: ComparableJSON] = [:]
            for (key, value) in slice.members {
                members[Array((key.string ?? "").utf8)] = ComparableJSON(value)
            }
            self = .object(members)
        }
    }

    /// Whether this is a part of another value: an object whose members are parts of the other's members of the same
    /// names, a list of as many elements, each a part of the other's, or an equal scalar.
    func isPart(of other: ComparableJSON) -> Bool {
        switch (self, other) {
        case (.object(let mine), .object(let others)):
            mine.allSatisfy { key, value in others[key].map(value.isPart) ?? false }
        case (.array(let mine), .array(let others)):
            mine.count == others.count && zip(mine, others).allSatisfy { $0.isPart(of: $1) }
        default:
            self == other
        }
    }

    /// The value and all those in it.
    var valueCount: Int {
        switch self {
        case .array(let elements): elements.reduce(1) { $0 + $1.valueCount }
        case .object(let members): members.values.reduce(1) { $0 + $1.valueCount }
        case .null, .bool, .number, .string: 1
        }
    }

    /// Where this first fails to be a part of another value, as a JSON Pointer; nil when it is one.
    func firstDifference(fromWhole other: ComparableJSON) -> String? {
        switch (self, other) {
        case (.object(let mine), .object(let others)):
            for (key, value) in mine.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                guard let counterpart = others[key] else { return Self.pointer(to: key) }
                if let rest = value.firstDifference(fromWhole: counterpart) { return Self.pointer(to: key) + rest }
            }
            return nil
        case (.array(let mine), .array(let others)):
            for (index, pair) in zip(mine, others).enumerated() {
                if let rest = pair.0.firstDifference(fromWhole: pair.1) { return "/\(index)\(rest)" }
            }
            return mine.count == others.count ? nil : "/\(min(mine.count, others.count))"
        default:
            return self == other ? nil : ""
        }
    }

    /// Where the first difference to another value stands, as a JSON Pointer (RFC 6901); nil when there is none. The
    /// empty pointer is the value itself.
    func firstDifference(from other: ComparableJSON) -> String? {
        switch (self, other) {
        case (.array(let mine), .array(let others)):
            for (index, pair) in zip(mine, others).enumerated() {
                if let rest = pair.0.firstDifference(from: pair.1) { return "/\(index)\(rest)" }
            }
            return mine.count == others.count ? nil : "/\(min(mine.count, others.count))"
        case (.object(let mine), .object(let others)):
            let keys = Set(mine.keys).union(others.keys).sorted { $0.lexicographicallyPrecedes($1) }
            for key in keys {
                guard let left = mine[key], let right = others[key] else { return Self.pointer(to: key) }
                if let rest = left.firstDifference(from: right) { return Self.pointer(to: key) + rest }
            }
            return nil
        default:
            return self == other ? nil : ""
        }
    }

    private static func pointer(to key: [UInt8]) -> String {
        let escaped = key.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "~"): Array("~0".utf8)
            case UInt8(ascii: "/"): Array("~1".utf8)
            default: [byte]
            }
        }
        return "/" + String(decoding: escaped, as: UTF8.self)
    }
}

extension ComparableJSON.Decimal {
    /// - Parameter text: a number in JSON's grammar. One whose exponent is beyond `Int` is compared as it is spelled.
    init(_ text: String) {
        let text = Array(text.utf8)
        let mantissa = text.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let unsigned = mantissa.drop { $0 == UInt8(ascii: "-") }
        let whole = unsigned.prefix { $0 != UInt8(ascii: ".") }
        let fraction = unsigned.dropFirst(whole.count + 1)
        let all = Array(whole + fraction)
        let significant = all.drop { $0 == UInt8(ascii: "0") }
        let leadingZeros = all.count - significant.count
        let trailingZeros = significant.reversed().prefix { $0 == UInt8(ascii: "0") }.count
        let digits = Array(significant.dropLast(trailingZeros))
        guard !digits.isEmpty else {
            self.init(isNegative: false, digits: [], exponent: 0)
            return
        }
        let written = Self.exponent(text.dropFirst(mantissa.count + 1))
        guard let (exponent, overflow) = written?.addingReportingOverflow(whole.count - leadingZeros), !overflow else {
            self.init(isNegative: false, digits: text, exponent: .max)
            return
        }
        self.init(isNegative: mantissa.count != unsigned.count, digits: digits, exponent: exponent)
    }

    private static func exponent(_ digits: ArraySlice<UInt8>) -> Int? {
        digits.isEmpty ? 0 : Int(String(decoding: digits, as: UTF8.self))
    }
}
