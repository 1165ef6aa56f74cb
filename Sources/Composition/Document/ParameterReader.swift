import CurlTransport
import Diagnostics
import JSONSlices

/// Reads `parameters`: every declared input, and those that the path names without a declaration.
struct ParameterReader {
    static let keys =
        ["in", "name", "required", "default"] + ValueSchemaReader.scalarKeys + ValueSchemaReader.listKeys

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
                    schema: .string,
                    pattern: pattern
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
        let schemaReader = ValueSchemaReader(place: .parameter, file: file, diagnostics: diagnostics)
        guard let location = location(reader, wireName: wireName, key: key),
            checkWireName(wireName, in: location, at: reader["name"] ?? key),
            let schema = schemaReader.read(reader, path: name)
        else { return nil }
        let isRequired = reader.bool("required")
        if location == .path, isRequired == false, let slice = reader["required"] {
            diagnostics.error("a path parameter is always required", in: file, at: slice)
        }
        return Parameter(
            name: name,
            location: location,
            wireName: wireName,
            isRequired: location == .path || isRequired == true,
            defaultValue: defaultValue(reader, schema, isRequired: location == .path || isRequired == true, location),
            schema: schema,
            pattern: pattern
        )
    }

    private func defaultValue(
        _ reader: ObjectReader,
        _ schema: ValueSchema,
        isRequired: Bool,
        _ location: Parameter.Location
    ) -> JSONValue? {
        guard let slice = reader["default"] else { return nil }
        let value = JSONValue.slice(slice)
        guard schema.accepts(value) else {
            let type = schema.kinds.first ?? .string
            diagnostics.error("the default is no \(type.rawValue)", in: file, at: slice)
            return nil
        }
        do throws(SchemaMismatch) {
            try schema.check(value)
        } catch {
            diagnostics.error("the default \(error.inList)", in: file, at: slice)
        }
        if isRequired {
            diagnostics.error(
                "a required parameter has no use for a default",
                in: file,
                at: slice,
                help: location == .path ? "path parameters are always there" : "leave out one of the two"
            )
        }
        return value
    }

    private func location(_ reader: ObjectReader, wireName: String, key: JSONSlice) -> Parameter.Location? {
        let isInPath = pattern.parameterNames.contains(wireName)
        let location: Parameter.Location
        if let text = reader.string("in") {
            guard let known = Parameter.Location(rawValue: text) else {
                let known = Parameter.Location.allCases.map(\.rawValue).joined(separator: ", ")
                return reader["in"].flatMap { reader.mismatch("in", $0, wanted: "one of \(known)") }
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

    /// Headers and cookies have names of a certain form (RFC 9110, section 5.1; RFC 6265, section 4.1.1), and some
    /// headers are not about the request.
    private func checkWireName(_ name: String, in location: Parameter.Location, at slice: JSONSlice) -> Bool {
        guard location == .header || location == .cookie else { return true }
        guard HeaderValidation.isToken(name) else {
            diagnostics.error("'\(name)' is no \(location.rawValue) name", in: file, at: slice)
            return false
        }
        guard location == .header else { return true }
        if HeaderRules.isHopByHop(name) || HeaderValidation.isReserved(name) {
            diagnostics.error(
                "the header '\(name)' is about the connection and how a message travels on it, not about the request",
                in: file,
                at: slice,
                help: "leave it out"
            )
            return false
        }
        return true
    }
}
