import JSONSlices

/// Reads what a plan's slots ask of a client's request.
struct RequestInput {
    let request: EndpointRequest
    let plan: Plan

    /// The slots' values: those of the request filled in, those of calls null until the calls end.
    ///
    /// - Throws: `RequestFailure` for what does not fit; the client is told.
    func slots() throws(RequestFailure) -> [JSONValue] {
        var fields = RequestFields(request)
        var parameters: [JSONValue] = []
        parameters.reserveCapacity(plan.parameters.count)
        for parameter in plan.parameters {
            parameters.append(try parameter.value(from: try fields.texts(of: parameter)))
        }
        // What has a schema is checked, whether anything reads it or not.
        var body = try plan.requestBody.map(checkedBody)
        var slots: [JSONValue] = []
        slots.reserveCapacity(plan.slotSources.count)
        for source in plan.slotSources {
            switch source {
            case .parameter(let index): slots.append(parameters[index])
            case .requestBody:
                if body == nil { body = try RequestBody.value(of: request, schema: nil) }
                slots.append(body ?? .null)
            default: slots.append(try source.value(of: request, &fields))
            }
        }
        return slots
    }

    private func checkedBody(_ schema: ValueSchema) throws(RequestFailure) -> JSONValue {
        try RequestBody.value(of: request, schema: schema)
    }
}

extension SlotSource {
    /// What a request has by itself; null for what is declared, what comes of calls, and the body.
    func value(of request: EndpointRequest, _ fields: inout RequestFields) throws(RequestFailure) -> JSONValue {
        switch self {
        case .requestMethod: .string(request.method)
        case .requestPath: .string(request.path)
        case .requestQuery: try fields.queryObject()
        case .requestHeader(let name): fields.headerValue(name)
        case .requestLanguage:
            AcceptLanguage.firstChoice(of: fields.headerValues("accept-language")).map(JSONValue.string) ?? .null
        case .requestTime: .string(request.time())
        case .requestID: .string(request.id)
        case .requestClaim(let name): request.caller?.claims.member(name).map(JSONValue.slice) ?? .null
        case .requestConsumer: request.caller?.consumer.map(JSONValue.string) ?? .null
        case .requestAddress: request.address.map(JSONValue.string) ?? .null
        case .parameter, .requestBody, .item, .partial, .call, .callStatus, .callHeader, .callError: .null
        }
    }
}
