import JSONSlices

/// Reads what a plan's slots ask of a client's request.
struct RequestInput {
    let request: EndpointRequest
    let plan: Plan

    /// The slots' values: those of the request filled in, those of calls null until the calls end.
    ///
    /// - Throws: `ParameterFailure` for what does not fit; the client is told.
    func slots() throws(ParameterFailure) -> [JSONValue] {
        let query = try needsQuery ? queryFields() : []
        var parameters: [JSONValue] = []
        parameters.reserveCapacity(plan.parameters.count)
        for parameter in plan.parameters {
            parameters.append(try parameter.value(from: try texts(of: parameter, query: query)))
        }
        var slots: [JSONValue] = []
        slots.reserveCapacity(plan.slotSources.count)
        for source in plan.slotSources {
            switch source {
            case .parameter(let index): slots.append(parameters[index])
            case .requestMethod: slots.append(.string(request.method))
            case .requestPath: slots.append(.string(request.path))
            case .requestQuery: slots.append(Self.object(of: query))
            case .requestBody: slots.append(try body())
            case .requestHeader(let name): slots.append(Self.joined(request.header(name)))
            case .call, .callStatus, .callHeader, .callError: slots.append(.null)
            }
        }
        return slots
    }

    private var needsQuery: Bool {
        request.query != nil
            && (plan.parameters.contains { $0.location == .query } || plan.slotSources.contains(.requestQuery))
    }

    private func texts(of parameter: Parameter, query: [(name: String, value: String)]) throws(ParameterFailure)
        -> [String]
    {
        switch parameter.location {
        case .query:
            return query.compactMap { $0.name.utf8.elementsEqual(parameter.wireName.utf8) ? $0.value : nil }
        case .path:
            guard let index = plan.pattern.parameterNames.firstIndex(of: parameter.wireName),
                request.pathParameters.indices.contains(index),
                let text = PercentDecoding.decode(request.pathParameters[index].utf8, plusIsSpace: false)
            else { throw ParameterFailure(.parameter(parameter.wireName), "is no percent-encoded UTF-8") }
            return [text]
        }
    }

    /// The query's fields, decoded once, as web forms write them.
    private func queryFields() throws(ParameterFailure) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        for field in (request.query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentDecoding.decode(parts[0], plusIsSpace: true) else {
                throw ParameterFailure(.query, "is no percent-encoded UTF-8")
            }
            guard let value = parts.count > 1 ? PercentDecoding.decode(parts[1], plusIsSpace: true) : "" else {
                throw ParameterFailure(.parameter(name), "is no percent-encoded UTF-8")
            }
            fields.append((name, value))
        }
        return fields
    }

    private func body() throws(ParameterFailure) -> JSONValue {
        guard !request.body.isEmpty else { return .null }
        do throws(JSONSyntaxError) {
            return .slice(try JSONDocument(parsing: request.body).root)
        } catch {
            throw ParameterFailure(.body, "is not JSON at byte \(error.offset): \(error)")
        }
    }

    private static func object(of fields: [(name: String, value: String)]) -> JSONValue {
        var names: [ExactString] = []
        var values: [ExactString: [JSONValue]] = [:]
        for field in fields {
            let name = ExactString(field.name)
            if values[name] == nil { names.append(name) }
            values[name, default: []].append(.string(field.value))
        }
        return .object(
            JSONObject(
                members: names.map { name in
                    let all = values[name] ?? []
                    return (name.string, all.count == 1 ? all[0] : .array(all))
                }
            )
        )
    }

    /// Several fields of one name are one list (RFC 9110, section 5.3).
    static func joined(_ values: [String]) -> JSONValue {
        values.isEmpty ? .null : .string(values.joined(separator: ", "))
    }
}
