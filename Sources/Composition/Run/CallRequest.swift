import CurlTransport
import Diagnostics
import JSONSlices

extension Call {
    /// The request of this call, from the values it mentions.
    ///
    /// - Parameter timeout: what remains of the endpoint's time.
    func request(
        to bound: BoundBackend,
        forwarded: [HeaderField],
        timeout remaining: Duration,
        in scope: borrowing RenderScope
    ) throws(RenderFailure) -> TransportRequest {
        var url = URLBuilder(base: bound.base)
        try path.write(to: &url, in: scope)
        try query.write(to: &url, in: scope)
        var fields: [HeaderField] = []
        fields.reserveCapacity(headers.count + bound.headers.count + forwarded.count + 1)
        for header in headers {
            for value in try header.values(in: scope, lists: false) {
                fields.append(HeaderField(name: header.name, value: value))
            }
        }
        // A header that the call names stands in for the settings' one and for what is passed on, even when it is null.
        func isNamed(_ name: String) -> Bool {
            headers.contains { HeaderValidation.equal($0.name, name) }
                || fields.contains { HeaderValidation.equal($0.name, name) }
        }
        for header in bound.headers + forwarded where !isNamed(header.name) { fields.append(header) }
        var bytes: [UInt8]?
        if let body {
            if isForm {
                bytes = try FormBody.encode(try body.value(in: scope), call: name)
            } else {
                var writer = JSONWriter()
                try body.write(to: &writer, in: scope)
                bytes = writer.finish()
                if !isNamed("Content-Type") {
                    fields.append(HeaderField(name: "Content-Type", value: "application/json"))
                }
            }
        }
        var request = TransportRequest(
            backend: bound.backend,
            method: method,
            url: url.text,
            headers: fields,
            body: bytes,
            timeout: min(timeout ?? bound.timeout ?? remaining, remaining)
        )
        request.finishesWhenCancelled = isUnsafe
        return request
    }

    /// Whether the body is an object to be sent as a web form's fields.
    private var isForm: Bool {
        headers.contains {
            HeaderValidation.equal($0.name, "Content-Type")
                && $0.value.constant?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true
        }
    }
}

/// Bodies of the type `application/x-www-form-urlencoded`.
enum FormBody {
    /// An object's members as fields: null drops one, a list repeats it.
    static func encode(_ value: JSONValue, call: String) throws(RenderFailure) -> [UInt8] {
        guard let members = value.objectMembers else {
            throw failure("a form's body must be an object, not \(value.kind.article)", call)
        }
        var form = URLBuilder(base: "")
        for member in members {
            for element in member.value.arrayElements ?? [member.value] {
                switch element.kind {
                case .null: continue
                case .true: form.appendQuery(name: member.key, value: "true")
                case .false: form.appendQuery(name: member.key, value: "false")
                case .number, .string:
                    form.appendQuery(name: member.key, value: element.string ?? element.numberText ?? "")
                case .array, .object:
                    throw failure("the field '\(member.key)' is \(element.kind.article)", call)
                }
            }
        }
        return Array(form.text.utf8.dropFirst())
    }

    private static func failure(_ detail: String, _ call: String) -> RenderFailure {
        RenderFailure(reason: .expressionError, detail: "calls.\(call).body: \(detail)")
    }
}
