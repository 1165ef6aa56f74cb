import JMESPath
import JSONSlices

/// Compares a value with a schema and notes what does not fit.
///
/// Goes no deeper than the schema does, and looks at no value twice. Of an object's members that have one name each is
/// checked: whoever reads the object next may take the first or the last.
struct SchemaCheck {
    /// A client that has made more mistakes than this hears of the others next time.
    static let mismatchLimit = 10
    /// What all patterns together may cost. A body may be a megabyte of text, and a pattern has up to 2000 states.
    static let patternSteps = 20_000_000
    /// More digits than any id has, and few enough to be no burden.
    static let digitLimit = 40

    private enum Step {
        case member(String)
        case element(Int)
    }

    private(set) var mismatches: [SchemaMismatch] = []
    private var path: [Step] = []
    private var stepsLeft = patternSteps

    private var isFull: Bool { mismatches.count >= Self.mismatchLimit }

    mutating func check(_ value: JSONValue, against schema: ValueSchema) {
        guard schema.accepts(value) else {
            return note("must be " + schema.kinds.map(\.noun).joined(separator: " or "))
        }
        if let allowed = schema.allowed, !allowed.contains(where: { $0.isSameScalar(as: value) }) {
            return note("must be one of " + Self.listed(allowed))
        }
        switch value.kind {
        case .number: checkNumber(value, schema)
        case .string: checkText(value, schema)
        case .array: checkList(value, schema)
        case .object: checkObject(value, schema)
        case .null, .true, .false: break
        }
    }

    private mutating func checkNumber(_ value: JSONValue, _ schema: ValueSchema) {
        guard let text = value.numberText, let number = JSONNumber(text: text) else { return }
        if schema.kinds.contains(.integer), !schema.kinds.contains(.number), text.utf8.count > Self.digitLimit {
            return note("must have at most \(Self.digitLimit) digits")
        }
        // A number beyond the limits of exact arithmetic compares as nil, and fits no range.
        if let bound = schema.minimum, ExactOrder.isLess(number, bound) != false {
            note("must be at least \(bound.text)")
        } else if let bound = schema.exclusiveMinimum, ExactOrder.isLess(bound, number) != true {
            note("must be more than \(bound.text)")
        } else if let bound = schema.maximum, ExactOrder.isLess(bound, number) != false {
            note("must be at most \(bound.text)")
        } else if let bound = schema.exclusiveMaximum, ExactOrder.isLess(number, bound) != true {
            note("must be less than \(bound.text)")
        }
    }

    private mutating func checkText(_ value: JSONValue, _ schema: ValueSchema) {
        guard schema.minLength != nil || schema.maxLength != nil || schema.pattern != nil, let text = value.string
        else { return }
        let length = text.unicodeScalars.count
        if let bound = schema.minLength, length < bound {
            note("must be at least \(bound) \(bound == 1 ? "character" : "characters") long")
        } else if let bound = schema.maxLength, length > bound {
            note("must be at most \(bound) \(bound == 1 ? "character" : "characters") long")
        } else if let pattern = schema.pattern {
            checkPattern(text, length: length, pattern)
        }
    }

    private mutating func checkPattern(_ text: String, length: Int, _ pattern: Pattern) {
        let (most, overflow) = (length + 1).multipliedReportingOverflow(by: pattern.stateCount)
        guard !overflow, most <= stepsLeft else { return note("is more text than can be matched with a pattern") }
        let (isFound, steps) = pattern.search(text)
        stepsLeft -= steps
        if !isFound { note("must match \(pattern.source)") }
    }

    private mutating func checkList(_ value: JSONValue, _ schema: ValueSchema) {
        if let bound = schema.minItems, value.count < bound {
            note("must have at least \(bound) \(bound == 1 ? "item" : "items")")
        } else if let bound = schema.maxItems, value.count > bound {
            note("must have at most \(bound) \(bound == 1 ? "item" : "items")")
        }
        guard case .each(let items) = schema.items else { return }
        if case .slice(let slice) = value {
            var index = 0
            for element in slice.elements {
                if isFull { return }
                check(.slice(element), at: .element(index), against: items)
                index += 1
            }
        } else {
            for (index, element) in (value.arrayElements ?? []).enumerated() where !isFull {
                check(element, at: .element(index), against: items)
            }
        }
    }

    private mutating func checkObject(_ value: JSONValue, _ schema: ValueSchema) {
        // A client's object always stands in its body's text.
        guard case .slice(let object) = value else { return }
        for key in schema.required where !isFull && object.member(key) == nil {
            note("is missing", at: .member(key.string))
        }
        if schema.properties.isEmpty, case .anything = schema.additionalProperties { return }
        for (key, value) in object.members {
            if isFull { return }
            if let property = schema.properties.first(where: { key.isString($0.key) }) {
                check(.slice(value), at: .member(property.key.string), against: property.schema)
                continue
            }
            switch schema.additionalProperties {
            case .anything: break
            case .nothing: note("is not known here", at: .member(key.string ?? ""))
            case .each(let rest): check(.slice(value), at: .member(key.string ?? ""), against: rest)
            }
        }
    }

    private mutating func check(_ value: JSONValue, at step: Step, against schema: ValueSchema) {
        path.append(step)
        check(value, against: schema)
        path.removeLast()
    }

    private mutating func note(_ message: String, at step: Step) {
        path.append(step)
        note(message)
        path.removeLast()
    }

    private mutating func note(_ message: String) {
        guard !isFull else { return }
        mismatches.append(SchemaMismatch(pointer: pointer, message: message))
    }

    /// The place that is looked at, by RFC 6901. A client's own name for a member is shortened where it is very long.
    private var pointer: String {
        path.map { step in
            switch step {
            case .element(let index): "/\(index)"
            case .member(let name): "/" + Self.escaped(name)
            }
        }.joined()
    }

    private static func escaped(_ name: String) -> String {
        let scalars = name.unicodeScalars
        var text = ""
        for scalar in scalars.prefix(200) {
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return name.utf8.count > 200 && scalars.dropFirst(200).first != nil ? text + "…" : text
    }

    private static func listed(_ values: [JSONValue]) -> String {
        let shown = values.prefix(20).map(\.displayText).joined(separator: ", ")
        return values.count > 20 ? shown + ", …" : shown
    }
}

extension JSONValue {
    /// A scalar as it stands in a message.
    fileprivate var displayText: String { string ?? numberText ?? (bool.map { $0 ? "true" : "false" } ?? "null") }

    /// Equal as JSON values: texts by their code points, numbers by their value. Lists and objects equal nothing.
    fileprivate func isSameScalar(as other: JSONValue) -> Bool {
        guard kind == other.kind else { return false }
        switch kind {
        case .null, .true, .false:
            return true
        case .string:
            guard let left = string, let right = other.string else { return false }
            return left.utf8.elementsEqual(right.utf8)
        case .number:
            guard let left = numberText.flatMap(JSONNumber.init(text:)),
                let right = other.numberText.flatMap(JSONNumber.init(text:))
            else { return false }
            return ExactOrder.isLess(left, right) == false && ExactOrder.isLess(right, left) == false
        case .array, .object:
            return false
        }
    }
}
