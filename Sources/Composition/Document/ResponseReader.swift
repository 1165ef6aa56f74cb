import Diagnostics
import JMESPath
import JSONSlices

/// Reads `response`: status, headers and body of the reply.
struct ResponseReader {
    static let keys = ["status", "headers", "body"]

    let context: CompilationContext

    func read(_ composition: ObjectReader, calls: [String]) -> ResponseTemplate? {
        guard composition["response"] != nil else {
            return wholeCall(composition.object, calls: calls, status: nil, headers: [])
        }
        guard let reader = composition.nested("response", known: Self.keys) else { return nil }
        let status = status(reader)
        let headers = context.headers(reader) { name in
            HeaderRules.isFronts(name) ? "Medley writes the header '\(name)' itself" : nil
        }
        guard let slice = reader["body"] else {
            return wholeCall(reader.object, calls: calls, status: status, headers: headers)
        }
        guard let body = context.jsonTemplate(slice, path: "response.body") else { return nil }
        return template(status: status, headers: headers, body: body)
    }

    /// The reply of an endpoint with one call and no body of its own: the call's value.
    private func wholeCall(
        _ place: JSONSlice,
        calls: [String],
        status: ResponseTemplate.Status?,
        headers: [HeaderTemplate]
    ) -> ResponseTemplate? {
        guard calls.count == 1, let name = calls.first else {
            let start = place.byteRange.lowerBound
            context.diagnostics.error(
                "with \(calls.count) calls the response needs a 'body'",
                in: context.file,
                at: start..<start + 1,
                help: "only where there is exactly one call its value is the reply"
            )
            return nil
        }
        guard let expression = try? Expression.parse(name, root: .scope, scope: &context.names) else { return nil }
        let start = place.byteRange.lowerBound
        let origin = ExpressionOrigin(file: context.file, impliedAt: start..<start + 1)
        let placed = PlacedExpression(expression: expression, origin: origin)
        return template(
            status: status,
            headers: headers,
            body: .text(TextTemplate(parts: [.expression(placed)]), path: "response.body")
        )
    }

    private func template(
        status: ResponseTemplate.Status?,
        headers: [HeaderTemplate],
        body: JSONTemplate
    ) -> ResponseTemplate {
        var slots = body.slots + headers.flatMap(\.value.slots)
        if case .expression(let expression)? = status { slots += expression.expression.slots }
        return ResponseTemplate(status: status ?? .constant(200), headers: headers, body: body, slots: slots)
    }

    private func status(_ reader: ObjectReader) -> ResponseTemplate.Status? {
        guard let slice = reader["status"] else { return nil }
        if slice.kind == .string {
            guard let template = context.textTemplate(slice) else { return nil }
            guard let single = template.single else {
                return reader.mismatch("status", slice, wanted: "a number, or one {expression}")
            }
            return .expression(single)
        }
        return reader.integer("status", in: 200...599).map { .constant($0) }
    }
}
