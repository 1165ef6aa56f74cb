import Diagnostics
import JMESPath
import JSONSlices

/// Reads a schema: that of a parameter or of its items, `requestBody`, and whatever stands inside it.
struct ValueSchemaReader {
    /// Of any value.
    static let scalarKeys = [
        "type", "description", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength",
        "maxLength", "pattern",
    ]
    static let listKeys = ["items", "minItems", "maxItems"]
    static let objectKeys = ["required", "properties", "additionalProperties"]
    /// Of `requestBody` and of every schema inside it.
    static let bodyKeys = scalarKeys + listKeys + objectKeys

    /// Where the schema stands, which decides what it can say.
    enum Place {
        case parameter
        /// An item of a parameter that is a list.
        case item
        case body

        /// A text has one type; what is JSON already may have several.
        var kinds: [ValueSchema.Kind] {
            switch self {
            case .parameter: [.string, .integer, .number, .boolean, .array]
            case .item: [.string, .integer, .number, .boolean]
            case .body: ValueSchema.Kind.allCases
            }
        }

        var defaultKinds: [ValueSchema.Kind] { self == .body ? [] : [.string] }
    }

    let place: Place
    let file: SourceFile
    let diagnostics: DiagnosticList

    /// - Parameters:
    ///   - path: the value that the schema is about, for messages: `ids`, `customer.address`; empty for the whole body.
    /// - Returns: nil when the type cannot be told, which is reported.
    func read(_ reader: ObjectReader, path: String) -> ValueSchema? {
        guard let kinds = kinds(reader) else { return nil }
        var schema = ValueSchema(description: reader.string("description"), kinds: kinds)
        readRange(reader, into: &schema)
        readLengths(reader, into: &schema)
        schema.allowed = allowed(reader, schema)
        readList(reader, path: path, into: &schema)
        readObject(reader, path: path, into: &schema)
        return schema
    }

    private func kinds(_ reader: ObjectReader) -> [ValueSchema.Kind]? {
        guard let slice = reader["type"] else { return place.defaultKinds }
        let isListed = place == .body && slice.kind == .array
        let names = isListed ? slice.elements.map(\.string) : [slice.string]
        let kinds = names.compactMap { $0.flatMap(ValueSchema.Kind.init(rawValue:)) }.filter(place.kinds.contains)
        guard kinds.count == names.count, !kinds.isEmpty else {
            let known = place.kinds.map(\.rawValue).joined(separator: ", ")
            let list = place == .body ? ", or a list of some of these" : ""
            return reader.mismatch("type", slice, wanted: "one of \(known)\(list)")
        }
        return kinds
    }

    /// A keyword's value, where the keyword says something about the schema's types.
    private func value(of key: String, _ reader: ObjectReader, about kinds: [ValueSchema.Kind], _ schema: ValueSchema)
        -> JSONSlice?
    {
        guard let slice = reader[key] else { return nil }
        if schema.kinds.contains(where: kinds.contains) { return slice }
        let types = schema.kinds.map(\.rawValue).joined(separator: " or ")
        var help = "declare another \"type\", or leave it out"
        if schema.isList, place == .parameter { help = "say it of the \"items\"" }
        if schema.kinds.isEmpty, let first = kinds.first { help = "say \"type\": \"\(first.rawValue)\"" }
        let message =
            types.isEmpty
            ? "'\(key)' needs a \"type\" that it is about" : "'\(key)' says nothing about the type \(types)"
        diagnostics.error(message, in: file, at: slice, help: help)
        return nil
    }

    // MARK: Numbers and texts

    private func readRange(_ reader: ObjectReader, into schema: inout ValueSchema) {
        func bound(_ key: String) -> JSONNumber? {
            guard let slice = value(of: key, reader, about: [.number, .integer], schema) else { return nil }
            guard let number = slice.numberText.flatMap(JSONNumber.init(text:)),
                ExactOrder.isLess(number, number) != nil
            else { return reader.mismatch(key, slice, wanted: "a number") }
            return number
        }
        schema.minimum = bound("minimum")
        schema.maximum = bound("maximum")
        schema.exclusiveMinimum = bound("exclusiveMinimum")
        schema.exclusiveMaximum = bound("exclusiveMaximum")
        let lower = [("minimum", schema.minimum, true), ("exclusiveMinimum", schema.exclusiveMinimum, false)]
        let upper = [("maximum", schema.maximum, true), ("exclusiveMaximum", schema.exclusiveMaximum, false)]
        for (lowKey, low, lowCounts) in lower {
            for (highKey, high, highCounts) in upper {
                guard let low, let high, let slice = reader[highKey] else { continue }
                let isBelow = ExactOrder.isLess(high, low) == true
                let isEmpty = !(lowCounts && highCounts) && ExactOrder.isLess(low, high) == false
                guard isBelow || isEmpty else { continue }
                let message =
                    lowCounts && highCounts
                    ? "the maximum is less than the minimum" : "no number is between '\(lowKey)' and '\(highKey)'"
                diagnostics.error(message, in: file, at: slice)
            }
        }
    }

    private func readLengths(_ reader: ObjectReader, into schema: inout ValueSchema) {
        schema.minLength = count("minLength", reader, about: .string, schema)
        schema.maxLength = count("maxLength", reader, about: .string, schema)
        checkOrder("minLength", schema.minLength, "maxLength", schema.maxLength, reader)
        if let slice = value(of: "pattern", reader, about: [.string], schema), let source = reader.string("pattern") {
            schema.pattern = compiled(source, slice)
        }
    }

    private func count(_ key: String, _ reader: ObjectReader, about kind: ValueSchema.Kind, _ schema: ValueSchema)
        -> Int?
    {
        value(of: key, reader, about: [kind], schema).flatMap { _ in reader.integer(key, in: 0...1_000_000_000) }
    }

    private func checkOrder(_ lowKey: String, _ low: Int?, _ highKey: String, _ high: Int?, _ reader: ObjectReader) {
        guard let low, let high, high < low, let slice = reader[highKey] else { return }
        diagnostics.error("'\(highKey)' is less than '\(lowKey)'", in: file, at: slice)
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

    /// `enum`, as far as it is of use here: scalars of the declared types.
    private func allowed(_ reader: ObjectReader, _ schema: ValueSchema) -> [JSONValue]? {
        guard let slice = reader["enum"] else { return nil }
        let scalars: [ValueSchema.Kind] = [.string, .integer, .number, .boolean, .null]
        if !schema.kinds.isEmpty, value(of: "enum", reader, about: scalars, schema) == nil { return nil }
        let types = schema.kinds.filter(scalars.contains).map(\.rawValue).joined(separator: " or ")
        let wanted = "a list of \(types.isEmpty ? "scalar" : types) values"
        guard slice.kind == .array, slice.count > 0 else { return reader.mismatch("enum", slice, wanted: wanted) }
        let values = slice.elements.map { JSONValue.slice($0) }
        let unfit = zip(slice.elements, values).filter { _, value in
            value.kind == .array || value.kind == .object || !schema.accepts(value)
        }
        for (place, _) in unfit { let _: Void? = reader.mismatch("enum", place, wanted: wanted) }
        return unfit.isEmpty ? values : nil
    }

    // MARK: Lists and objects

    private func readList(_ reader: ObjectReader, path: String, into schema: inout ValueSchema) {
        schema.minItems = count("minItems", reader, about: .array, schema)
        schema.maxItems = count("maxItems", reader, about: .array, schema)
        checkOrder("minItems", schema.minItems, "maxItems", schema.maxItems, reader)
        // What a parameter holds is text until it is told otherwise.
        if place == .parameter, schema.isList { schema.items = .each(.string) }
        guard let slice = value(of: "items", reader, about: [.array], schema) else { return }
        let inner = ValueSchemaReader(place: place == .body ? .body : .item, file: file, diagnostics: diagnostics)
        let role = "the items of '\(path.isEmpty ? "requestBody" : path)'"
        if let items = inner.nested(slice, role: role, path: path + "[]") {
            schema.items = .each(items)
        }
    }

    private func readObject(_ reader: ObjectReader, path: String, into schema: inout ValueSchema) {
        guard place == .body else { return }
        if value(of: "properties", reader, about: [.object], schema) != nil {
            for member in reader.map("properties")?.members ?? [] {
                let inner = path.isEmpty ? member.name : "\(path).\(member.name)"
                guard let property = nested(member.value, role: "the property '\(inner)'", path: inner) else {
                    continue
                }
                schema.properties.append(.init(key: JSONKey(member.name), schema: property))
            }
        }
        if let slice = value(of: "additionalProperties", reader, about: [.object], schema) {
            schema.additionalProperties = additionalProperties(slice, reader, path: path) ?? .anything
        }
        if let slice = value(of: "required", reader, about: [.object], schema) {
            schema.required = required(slice, reader, schema)
        }
    }

    private func additionalProperties(_ slice: JSONSlice, _ reader: ObjectReader, path: String) -> ValueSchema.Rest? {
        if let isAllowed = slice.bool { return isAllowed ? .anything : .nothing }
        guard slice.kind == .object else {
            return reader.mismatch("additionalProperties", slice, wanted: "true, false or a schema")
        }
        let inner = path.isEmpty ? "*" : path + ".*"
        return nested(slice, role: "the properties '\(inner)'", path: inner).map { .each($0) }
    }

    private func required(_ slice: JSONSlice, _ reader: ObjectReader, _ schema: ValueSchema) -> [JSONKey] {
        let names = slice.elements.map(\.string)
        guard slice.kind == .array, names.allSatisfy({ $0 != nil }) else {
            return reader.mismatch("required", slice, wanted: "a list of names of properties") ?? []
        }
        let known = (reader["properties"]?.members.map { $0.key.string ?? "" }) ?? []
        for element in slice.elements {
            guard let name = element.string, !known.contains(name), case .nothing = schema.additionalProperties else {
                continue
            }
            diagnostics.error(
                "'\(name)' is required, but 'additionalProperties' refuses it",
                in: file,
                at: element,
                help: suggestion(for: name, among: known)
            )
        }
        return names.compactMap { $0.map { JSONKey($0) } }
    }

    private func nested(_ slice: JSONSlice, role: String, path: String) -> ValueSchema? {
        ObjectReader(
            slice,
            in: file,
            role: role,
            known: place == .body ? Self.bodyKeys : Self.scalarKeys,
            diagnostics: diagnostics
        ).flatMap { read($0, path: path) }
    }
}
