import JMESPath
import JSONSlices

/// A key of OpenAPI's responses.
enum ResponseKey: Hashable {
    case status(Int)
    /// 200 to 299.
    case successful
    /// Whatever has no other key.
    case others

    var text: String {
        switch self {
        case .status(let status): String(status)
        case .successful: "2XX"
        case .others: "default"
        }
    }

    /// Whether such a reply may have a body (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5).
    var hasContent: Bool { ![.status(204), .status(205), .status(304)].contains(self) }

    var mayBeSuccessful: Bool {
        switch self {
        case .status(let status): (200..<300).contains(status)
        case .successful, .others: true
        }
    }
}

extension Plan {
    /// The statuses that `response` can give, in the order of its text.
    var replyStatuses: [ResponseKey] {
        guard case .expression(let expression) = response.status else {
            if case .constant(let status) = response.status { return [.status(status)] }
            return [.successful]
        }
        var keys: [ResponseKey] = []
        func add(_ key: ResponseKey) {
            if !keys.contains(key) { keys.append(key) }
        }
        for outcome in expression.expression.outcomes ?? [] {
            switch outcome {
            case .literal(let value):
                guard let status = value.numberText.flatMap({ Int($0) }), (200..<600).contains(status) else { continue }
                add(.status(status))
            case .slot(let slot):
                guard case .callStatus(let call) = slotSources[slot], let statuses = statuses(of: calls[call]) else {
                    return [.successful, .others]
                }
                statuses.forEach(add)
            }
        }
        return keys.isEmpty ? [.successful, .others] : keys
    }

    /// The statuses of a call's answers where there is a reply; nil for any.
    private func statuses(of call: Call) -> [ResponseKey]? {
        guard call.isRequired, call.forEach == nil else { return nil }
        switch call.success {
        case .successful: return [.successful]
        case .statuses(let statuses): return statuses.map(ResponseKey.status)
        case .expression(_, let reads): return reads.status ? nil : [.successful]
        }
    }
}

/// The problems that an endpoint can reply with, by status, and when it does.
struct ProblemStatuses {
    private(set) var descriptions: [Int: [String]] = [:]

    init(of plan: Plan) {
        // What makes good after a failure comes too late for the reply.
        let required = plan.calls.indices.filter { plan.calls[$0].isRequired && plan.compensated(by: $0).isEmpty }
        if plan.readsRequest { add(400, plan.requestProblem) }
        if plan.readsBody {
            add(413, "The body is larger than the gateway takes: `limit` has its bytes.")
            add(415, "The body is no JSON by its media type, or is compressed.")
        }
        if let access = plan.access, !access.policies.isEmpty {
            add(401, "The request does not show who asks, or shows a credential that proves nothing.")
            add(403, "The caller is known, and may not do this.")
        }
        if !plan.limits.isEmpty { add(429, "A limit is used up: `violated-policies` names it.") }
        for index in required {
            for status in plan.passingStatuses(of: index) {
                add(status, "The backend of `\(plan.calls[index].name)` answers so.")
            }
        }
        if plan.canFailItself {
            add(
                500,
                "The composition failed on the data that it met, or on a limit: `call` or `member` names the place."
            )
        }
        guard !required.isEmpty || plan.cachesReplies else { return }
        let names = required.map { "`\(plan.calls[$0].name)`" }.joined(separator: ", ")
        if !required.isEmpty {
            add(502, "A call that the reply cannot do without failed: \(names).")
            add(504, "A call that the reply cannot do without got no answer in time: \(names).")
        }
        if plan.cachesReplies { add(504, "The request says `only-if-cached`, and no reply is kept.") }
    }

    private mutating func add(_ status: Int, _ description: String) {
        descriptions[status, default: []].append(description)
    }
}

extension Plan {
    /// Whether something of the request is looked at that may not fit.
    fileprivate var readsRequest: Bool { !parameters.isEmpty || readsBody || readsQuery }

    /// Whether the query is taken apart, whatever is in it.
    private var readsQuery: Bool {
        slotSources.contains(.requestQuery)
            || ([response.cache] + calls.map(\.cache)).contains { $0?.query.isEmpty == false }
    }

    /// Whether the request's body is read.
    var readsBody: Bool { requestBody != nil || slotSources.contains(.requestBody) }

    fileprivate var requestProblem: String {
        let parts = [
            parameters.isEmpty && !readsQuery
                ? nil : "A parameter does not fit: `parameter` names it.",
            readsBody ? "The body is no JSON, or does not fit: `errors` has the places." : nil,
        ]
        return parts.compactMap(\.self).joined(separator: " ")
    }

    /// The backend's statuses that become the reply's when a required call fails: as ``CallFailure/replyStatus(for:isSpare:)``
    /// decides.
    fileprivate func passingStatuses(of index: Int) -> [Int] {
        let call = calls[index]
        var accepted: [Int] = []
        if case .statuses(let statuses) = call.success { accepted = statuses }
        let passing = (400..<600).filter { status in
            !accepted.contains(status)
                && CallFailure.status(status).replyStatus(for: call, isSpare: isSpare(index)) == status
        }
        // 502 is every failure's.
        return passing.filter { $0 != 502 || call.propagate?.contains(502) == true }
    }

    /// Whether an expression or a limit of the composition can fail a request.
    fileprivate var canFailItself: Bool {
        calls.contains { $0.isRequired ? $0.canFailItself : $0.fallback?.canFail ?? false }
            || response.headers.contains { !$0.value.expressions.isEmpty }
            || response.body.canFail || !replyStatuses.allSatisfy(\.isStatus)
            || (response.cache?.tags.contains { !$0.expressions.isEmpty } ?? false)
            || calls.contains { $0.forEach != nil && $0.fallbackReadsItem }
    }
}

extension ResponseKey {
    fileprivate var isStatus: Bool { if case .status = self { true } else { false } }
}

extension Call {
    /// Whether what it sends or makes of the answer can fail by itself. Names alone cannot, but for a path and a header.
    fileprivate var canFailItself: Bool {
        let isQueryPlain: Bool =
            switch query {
            case .none: true
            case .fields(let fields): fields.allSatisfy { !$0.isRequired && $0.value.expressions.isEmpty }
            case .object: false
            }
        return forEach != nil || !isQueryPlain || body?.canFail ?? false
            || path.segments.contains { !$0.template.expressions.isEmpty }
            || headers.contains { !$0.value.expressions.isEmpty }
            || [when, select, success.rule].contains { $0.map { !$0.isPlain } ?? false }
            || otherwise?.canFail ?? false
    }
}

extension JSONTemplate {
    /// Whether an expression in it can fail, or be of a type that has no place where it stands.
    fileprivate var canFail: Bool {
        switch self {
        case .constant: false
        case .text(let text, _): text.single.map { !$0.isPlain } ?? !text.expressions.isEmpty
        case .array(let elements): elements.contains(where: \.canFail)
        case .object(let members): members.contains(where: \.value.canFail)
        case .merged: true
        }
    }
}

extension PlacedExpression {
    /// Whether it is a name, or members of one: null where there is nothing, and never a failure.
    fileprivate var isPlain: Bool {
        expression.source.utf8.allSatisfy {
            Names.isLetter($0) || Names.isDigit($0) || [0x2E, 0x22, 0x24].contains($0)
        }
    }
}
