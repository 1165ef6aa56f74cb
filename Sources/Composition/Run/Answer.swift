import CurlTransport
import JSONSlices

/// What a backend answered. Its body is parsed when a call first asks for it, and once for all that do. Owned by one run.
final class Answer {
    let status: Int
    let headers: HeaderSection
    /// The bytes of the body.
    let size: Int
    private var body: Body

    /// A body from this size on is read and reshaped on other threads than the loop's.
    static let large = 512 << 10

    private enum Body {
        case bytes([UInt8])
        case parsed(Result<JSONValue, JSONSyntaxError>)
    }

    init(_ response: TransportResponse) {
        status = response.status
        headers = response.section
        size = response.body.count
        body = .bytes(response.body)
    }

    /// The body as a JSON value.
    func value() throws(JSONSyntaxError) -> JSONValue {
        switch body {
        case .parsed(let result):
            return try result.get()
        case .bytes(let bytes):
            body = .bytes([])
            let result: Result<JSONValue, JSONSyntaxError>
            do throws(JSONSyntaxError) {
                result = .success(.slice(try JSONDocument(parsing: bytes).root))
            } catch {
                result = .failure(error)
            }
            body = .parsed(result)
            return try result.get()
        }
    }
}

extension Answer {
    /// The value of one header field for expressions: null where there is none, a text, a list for `set-cookie`, whose
    /// fields cannot be joined (RFC 9110, section 5.3).
    static func value(ofHeader name: String, in section: HeaderSection) -> JSONValue {
        section.endToEndValue(of: name)
    }

    /// Every field by its lower-case name.
    fileprivate var headerObject: JSONValue {
        var object = JSONObject()
        for field in headers.fields {
            let name = field.name.lowercased()
            guard object[name] == nil else { continue }
            object[name] = Self.value(ofHeader: name, in: headers)
        }
        return .object(object)
    }
}

extension Call {
    /// The value of an answer, selected from but not yet rid of what `omit` takes away.
    func value(of answer: Answer, in scope: borrowing RenderScope) throws(CallFailure) -> JSONValue {
        guard success.allows(status: answer.status) else { throw .status(answer.status) }
        let hasValue = hasValue(answer)
        var value = JSONValue.null
        if hasValue {
            do throws(JSONSyntaxError) {
                value = try answer.value()
            } catch {
                throw .invalidJSON(error)
            }
        }
        if case .expression(let rule, let reads) = success {
            let body = hasValue ? value : (try? answer.value()) ?? .null
            try check(rule, body: body, headers: reads.headers ? answer.headerObject : .null, answer.status, in: scope)
        }
        guard hasValue, let select else { return value }
        do throws(RenderFailure) {
            return try select.evaluate(root: value, in: scope)
        } catch {
            throw .render(error)
        }
    }

    /// Whether the answer's body is to be a JSON value. There is none by RFC 9110, sections 9.3.2, 15.3.5 and 15.3.6; in
    /// an accepted status outside 2xx; and in an empty answer to what was to be done rather than read.
    func hasValue(_ answer: Answer) -> Bool {
        (200..<300).contains(answer.status) && ![204, 205].contains(answer.status) && method != "HEAD"
            && !(isUnsafe && answer.size == 0)
    }

    /// Asks the call's own rule whether the answer is a success.
    private func check(
        _ rule: PlacedExpression,
        body: JSONValue,
        headers: JSONValue,
        _ status: Int,
        in scope: borrowing RenderScope
    ) throws(CallFailure) {
        let root = JSONObject(members: [
            ("status", .number(JSONNumber(status))), ("headers", headers), ("body", body),
        ])
        let isSuccess: Bool
        do throws(RenderFailure) {
            isSuccess = try rule.evaluate(root: .object(root), in: scope).isTrue
        } catch {
            throw .render(error)
        }
        guard isSuccess else { throw .unsuccessful(status) }
    }
}

extension JSONValue {
    /// What a condition takes for true: anything but null, false, and empty strings, lists and objects (JMESPath, "or
    /// expressions").
    var isTrue: Bool {
        switch kind {
        case .null, .false: false
        case .true, .number: true
        case .string: string?.isEmpty == false
        case .array, .object: count > 0
        }
    }
}
