import Diagnostics
import JMESPath
import JSONSlices

/// What is to be known of one call, in a few words each.
struct CallNotes {
    let explanation: Explanation
    let index: Int

    private var call: Call { explanation.plan.calls[index] }

    /// `GET /users/{userId}`
    var request: String { "\(call.method) \(call.path.source)" }

    /// When the call runs, how often and for how long, and what stands for its value.
    var all: [String] {
        var notes: [String] = []
        if !call.needs.isEmpty { notes.append("after " + explanation.names(call.needs).joined(separator: ", ")) }
        if let sticky = call.split?.sticky { notes.append("by \(sticky.source)") }
        if let when { notes.append(when + (call.otherwise.map { " (otherwise \($0.sketch))" } ?? "")) }
        if let forEach = call.forEach { notes.append(Self.note(on: forEach)) }
        if let timeout = call.timeout {
            notes.append("within \(timeout.spelled)" + (call.forEach == nil ? "" : " each"))
        }
        if let statuses = acceptedStatuses { notes.append("accepts " + statuses) }
        if let cache = call.cache { notes.append(cache.sketch) }
        if let fallback = call.fallback {
            notes.append("else \(fallback.sketch)")
        } else if isRegular {
            notes.append("required")
        }
        return notes
    }

    /// Whether it runs when nothing fails.
    private var isRegular: Bool { explanation.compensates[index].isEmpty }

    /// Which condition it runs under.
    var when: String? { call.when.map { "when \($0.expression.source)" } }

    /// `200, 404`, or the rule's expression.
    private var acceptedStatuses: String? {
        switch call.success {
        case .successful: nil
        case .statuses(let statuses): statuses.map(String.init).joined(separator: ", ")
        case .expression(let rule, _): rule.expression.source
        }
    }

    private static func note(on forEach: ForEach) -> String {
        let list = "for each of \(forEach.list.expression.source)"
        guard let batch = forEach.batch else {
            return "\(list) (at most \(forEach.maxItems), \(forEach.maxConcurrency) at a time)"
        }
        return "\(list) (at most \(forEach.maxItems), \(batch.size) in a request, \(forEach.maxConcurrency) at a time)"
    }

    /// What the client gets when the call fails.
    var onFailure: String {
        guard isRegular else { return "the reply stays what it is, and the log tells" }
        guard call.isRequired else { return "the fallback is used, and Medley-Partial says so" }
        let passed = statusesThatPass
        let own = passed.isEmpty ? "" : ", or the backend's " + passed.map(String.init).joined(separator: ", ")
        let times = call.forEach == nil ? "" : "one item is enough: "
        return "\(times)the request fails with 504, 502 or 500\(own)"
    }

    private var statusesThatPass: [Int] {
        if let propagate = call.propagate { return propagate.sorted() }
        guard call.forEach == nil else { return [] }
        return CallFailure.meaningfulStatuses.union(call.forwardsAuthorization ? [401, 403] : []).sorted()
    }
}

extension JSONTemplate {
    /// The template in a few characters.
    fileprivate var sketch: String {
        switch self {
        case .constant(let slice):
            let text = slice.withUTF8 { String(decoding: $0, as: UTF8.self) }
            return text.count <= 24 ? text : (slice.kind == .object ? "{…}" : slice.kind == .array ? "[…]" : "a value")
        case .text(let text, _): return text.single.map { "{\($0.expression.source)}" } ?? "a text"
        case .array: return "[…]"
        case .object, .merged: return "{…}"
        }
    }
}
