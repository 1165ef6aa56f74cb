import CurlTransport
import Diagnostics

/// Reads what `log` says of single requests.
struct LogRulesReader {
    static let keys = ["sample", "errorsFrom", "slow", "calls", "consumer", "headers", "query"]

    let source: SettingsSource

    func read(_ reader: ObjectReader?) -> LogRules {
        func holder(_ key: String) -> ObjectReader? { source.reader(for: key, of: ["log"], in: reader) }
        var rules = LogRules()
        rules.sample = holder("sample")?.share("sample") ?? rules.sample
        rules.errorsFrom = holder("errorsFrom")?.integer("errorsFrom", in: 400...599) ?? rules.errorsFrom
        rules.slow = holder("slow")?.duration("slow", in: .milliseconds(1)...(.seconds(3600)))
        rules.calls = holder("calls")?.bool("calls") ?? rules.calls
        rules.consumer = holder("consumer")?.bool("consumer") ?? rules.consumer
        let names = reader?.strings("headers", wanted: "a list of header names", where: HeaderValidation.isToken)
        rules.headers = (names ?? []).map { $0.lowercased() }
        rules.query =
            reader?.strings("query", wanted: "a list of query parameters' names") { !$0.isEmpty && !$0.contains("&") }
            ?? rules.query
        return rules
    }
}
