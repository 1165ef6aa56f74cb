/// The most requests to backends that one request of a client can cause.
///
/// Each call counts once, whether or not a condition, a fallback or a failure has to come first; a call with `forEach`
/// as often as its longest list has items, or batches of ids.
struct WorstCase {
    struct List {
        /// The call's place in the plan.
        let call: Int
        let requests: Int
    }

    /// Calls without `forEach`.
    let singles: Int
    /// Calls with `forEach`, in the order of the file.
    let lists: [List]

    init(of calls: [Call]) {
        lists = calls.enumerated().compactMap { index, call in
            call.forEach.map { List(call: index, requests: $0.maxRequests) }
        }
        singles = calls.count - lists.count
    }

    var total: Int { lists.reduce(singles) { $0 + $1.requests } }

    /// `3 calls + 100 of 'products' + 4 of 'prices'`.
    func description(in plan: Plan) -> String {
        let calls = singles == 0 ? [] : [singles == 1 ? "1 call" : "\(singles) calls"]
        return (calls + lists.map { "\($0.requests) of '\(plan.calls[$0.call].name)'" }).joined(separator: " + ")
    }
}

extension Plan {
    var worstCaseRequests: WorstCase { WorstCase(of: calls) }
}
