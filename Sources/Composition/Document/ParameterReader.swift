import Diagnostics
import JMESPath
import JSONSlices

/// Reads `parameters`: every declared input, and those that the path names without a declaration.
struct ParameterReader {
    static let keys = [
        "in", "name", "required", "default", "type", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern",
        "description",
    ]

    let file: SourceFile
    let diagnostics: DiagnosticList
    let pattern: EndpointPattern

    func read(_ declarations: ObjectReader?) -> [Parameter] {
        var parameters: [Parameter] = []
        for member in declarations?.members ?? [] {
            guard checkName(member.name, at: member.key),
                let reader = ObjectReader(
                    member.value,
                    in: file,
                    role: "the parameter '\(member.name)'",
                    known: Self.keys,
                    diagnostics: diagnostics
                ), let parameter = parameter(named: member.name, reader, key: member.key)
            else { continue }
            parameters.append(parameter)
        }
        let refused = (declarations?.members ?? []).filter { member in !parameters.contains { $0.name == member.name } }
        let declared =
            parameters.filter { $0.location == .path }.map(\.wireName)
            + refused.map { $0.value.member("name")?.string ?? $0.name }
        for name in pattern.parameterNames where !declared.contains(name) {
            if let taken = declarations?.members.first(where: { $0.name == name }) {
                diagnostics.error(
                    "'\(name)' names a parameter of the path and another one",
                    in: file,
                    at: taken.key,
                    help: "give this one another key, and its own name in \"name\""
                )
                continue
            }
            parameters.append(
                Parameter(
                    name: name,
                    location: .path,
                    wireName: name,
                    isRequired: true,
                    defaultValue: nil,
                    schema: ParameterSchema()
                )
            )
        }
        return parameters
    }

    private func checkName(_ name: String, at key: JSONSlice) -> Bool {
        if Names.reserved.contains(name) {
            diagnostics.error("'\(name)' is a reserved name", in: file, at: key, help: "choose another name")
            return false
        }
        if !Names.isName(name) {
            diagnostics.error(
                "'\(name)' is no name that expressions can use",
                in: file,
                at: key,
                help: "letters, digits and _; give the request's own name in \"name\""
            )
            return false
        }
        return true
    }

    private func parameter(named name: String, _ reader: ObjectReader, key: JSONSlice) -> Parameter? {
        let wireName = reader.string("name") ?? name
        guard let location = location(reader, wireName: wireName, key: key), let schema = schema(reader) else {
            return nil
        }
        let isRequired = reader.bool("required")
        var defaultValue: JSONValue?
        if let slice = reader["default"] {
            let value = JSONValue.slice(slice)
            guard schema.accepts(value) else {
                diagnostics.error("the default is no \(schema.kind.rawValue)", in: file, at: slice)
                return nil
            }
            do throws(SchemaMismatch) {
                try schema.check(value)
            } catch {
                diagnostics.error("the default \(error.message)", in: file, at: slice)
            }
            if isRequired == true || location == .path {
                diagnostics.error(
                    "a required parameter has no use for a default",
                    in: file,
                    at: slice,
                    help: location == .path ? "path parameters are always there" : "leave out one of the two"
                )
            }
            defaultValue = value
        }
        if location == .path, isRequired == false, let slice = reader["required"] {
            diagnostics.error("a path parameter is always required", in: file, at: slice)
        }
        return Parameter(
            name: name,
            location: location,
            wireName: wireName,
            isRequired: location == .path || isRequired == true,
            defaultValue: defaultValue,
            schema: schema
        )
    }

    private func location(_ reader: ObjectReader, wireName: String, key: JSONSlice) -> Parameter.Location? {
        let isInPath = pattern.parameterNames.contains(wireName)
        let location: Parameter.Location
        if let text = reader.string("in") {
            guard let known = Parameter.Location(rawValue: text) else {
                return reader["in"].flatMap { reader.mismatch("in", $0, wanted: "\"path\" or \"query\"") }
            }
            location = known
        } else if reader["in"] != nil {
            return nil
        } else {
            location = isInPath ? .path : .query
        }
        if location == .path, !isInPath {
            diagnostics.error(
                "the path \(pattern.path) has no {\(wireName)}",
                in: file,
                at: key,
                help: suggestion(for: wireName, among: pattern.parameterNames) ?? "or say \"in\": \"query\""
            )
            return nil
        }
        return location
    }

    private func schema(_ reader: ObjectReader) -> ParameterSchema? {
        var schema = ParameterSchema()
        if let text = reader.string("type") {
            guard let kind = ParameterSchema.Kind(rawValue: text) else {
                let kinds = ParameterSchema.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                return reader["type"].flatMap { reader.mismatch("type", $0, wanted: "one of \(kinds)") }
            }
            schema.kind = kind
        }
        schema.minimum = bound("minimum", reader, kind: schema.kind)
        schema.maximum = bound("maximum", reader, kind: schema.kind)
        if let minimum = schema.minimum, let maximum = schema.maximum, ExactOrder.isLess(maximum, minimum) != false,
            let slice = reader["maximum"]
        {
            diagnostics.error("the maximum is less than the minimum", in: file, at: slice)
        }
        schema.minLength = length("minLength", reader, kind: schema.kind)
        schema.maxLength = length("maxLength", reader, kind: schema.kind)
        if let source = reader.string("pattern"), let slice = reader["pattern"] {
            guard schema.kind == .string else { return misplaced("pattern", slice, schema.kind) }
            schema.pattern = compiled(source, slice)
        }
        if let slice = reader["enum"] {
            let values = slice.elements.map { JSONValue.slice($0) }
            guard slice.kind == .array, !values.isEmpty, values.allSatisfy(schema.accepts) else {
                return reader.mismatch("enum", slice, wanted: "a list of \(schema.kind.rawValue) values")
            }
            schema.allowed = values
        }
        return schema
    }

    /// The regular expression; what is wrong with it is reported at its place in the JSON string.
    private func compiled(_ source: String, _ slice: JSONSlice) -> Pattern? {
        do throws(PatternError) {
            return try Pattern(source)
        } catch {
            let start = file.offset(ofDecoded: error.range.lowerBound, in: slice)
            let end = file.offset(ofDecoded: max(error.range.upperBound, error.range.lowerBound + 1), in: slice)
            diagnostics.error("pattern: \(error.message)", in: file, at: start..<max(start, end), help: error.help)
            return nil
        }
    }

    private func bound(_ key: String, _ reader: ObjectReader, kind: ParameterSchema.Kind) -> JSONNumber? {
        guard let slice = reader[key] else { return nil }
        guard kind == .integer || kind == .number else { return misplaced(key, slice, kind) }
        guard let text = slice.numberText, let number = JSONNumber(text: text), ExactOrder.isLess(number, number) != nil
        else {
            return reader.mismatch(key, slice, wanted: "a number")
        }
        return number
    }

    private func length(_ key: String, _ reader: ObjectReader, kind: ParameterSchema.Kind) -> Int? {
        guard let slice = reader[key] else { return nil }
        guard kind == .string else { return misplaced(key, slice, kind) }
        return reader.integer(key, in: 0...1_000_000)
    }

    private func misplaced<Value>(_ key: String, _ slice: JSONSlice, _ kind: ParameterSchema.Kind) -> Value? {
        diagnostics.error(
            "'\(key)' says nothing about the type \(kind.rawValue)",
            in: file,
            at: slice,
            help: "declare another \"type\", or leave it out"
        )
        return nil
    }
}
