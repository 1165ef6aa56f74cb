import Diagnostics
import JMESPath
import JSONSlices

/// Reads `response`: status, headers and body of the reply.
struct ResponseReader {
    static let keys = ["status", "headers", "body", "partial", "cache"]

    let context: CompilationContext

    func read(_ composition: ObjectReader, calls: [String]) -> ResponseTemplate? {
        guard composition["response"] != nil else {
            return wholeCall(composition.object, calls: calls, status: nil, headers: [], cache: nil)
        }
        guard let reader = composition.nested("response", known: Self.keys) else { return nil }
        let status = status(reader)
        let cache = CacheReader(context: context).read(reader)
        let headers = context.headers(reader, lists: true) { name in
            HeaderRules.isFronts(name) ? "Medley writes the header '\(name)' itself" : nil
        }
        guard let slice = reader["body"] else {
            if let place = reader["partial"] { notAnObject(place) }
            return wholeCall(reader.object, calls: calls, status: status, headers: headers, cache: cache)
        }
        guard var body = context.jsonTemplate(slice, path: "response.body") else { return nil }
        var partialSlot: Int?
        if let name = reader.string("partial"), let place = reader["partial"] {
            guard let parts = body.objectParts else {
                notAnObject(place)
                return nil
            }
            let slot = context.names.slot(of: .partial)
            guard let member = partialMember(name, of: parts, slot: slot, place: place) else { return nil }
            body = .folded(parts: parts + [.member(member)])
            partialSlot = slot
        }
        return template(status: status, headers: headers, body: body, partialSlot: partialSlot, cache: cache)
    }

    private func notAnObject(_ place: JSONSlice) {
        context.error(
            "'partial' adds a member to the body, which is no object here",
            at: place,
            help: "write the body as an object; {\"...\": \"{name}\"} takes over the members of a value"
        )
    }

    /// The reply of an endpoint with one call and no body of its own: the call's value.
    private func wholeCall(
        _ place: JSONSlice,
        calls: [String],
        status: ResponseTemplate.Status?,
        headers: [HeaderTemplate],
        cache: CacheRule?
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
            body: .text(TextTemplate(parts: [.expression(placed)]), path: "response.body"),
            cache: cache
        )
    }

    /// The last member of the body, left out where nothing is missing.
    private func partialMember(
        _ name: String,
        of parts: [MergedObject.Part],
        slot: Int,
        place: JSONSlice
    ) -> JSONTemplate.Member? {
        let isTaken = parts.contains { part in
            if case .member(let member) = part { member.key.utf8.elementsEqual(name.utf8) } else { false }
        }
        if isTaken {
            context.error("the body has a member '\(name)'", at: place, help: "give 'partial' another name")
            return nil
        }
        var scope = OneSlot(slot: slot)
        guard let expression = try? Expression.parse("partial", root: .scope, scope: &scope) else { return nil }
        let placed = PlacedExpression(
            expression: expression,
            origin: ExpressionOrigin(file: context.file, impliedAt: place.byteRange)
        )
        return .init(
            key: name,
            isOptional: true,
            value: .text(TextTemplate(parts: [.expression(placed)]), path: "response.partial")
        )
    }

    private func template(
        status: ResponseTemplate.Status?,
        headers: [HeaderTemplate],
        body: JSONTemplate,
        partialSlot: Int? = nil,
        cache: CacheRule?
    ) -> ResponseTemplate {
        var slots = body.slots + headers.flatMap(\.value.slots)
        slots += cache?.tags.flatMap(\.slots) ?? []
        if case .expression(let expression)? = status { slots += expression.expression.slots }
        return ResponseTemplate(
            status: status ?? .constant(200),
            headers: headers,
            body: body,
            partialSlot: partialSlot,
            cache: cache,
            slots: slots
        )
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

/// Any name is the one slot.
private struct OneSlot: ExpressionScope {
    let slot: Int

    func resolve(_ path: [String]) -> NameResolution { .slot(slot) }
}
