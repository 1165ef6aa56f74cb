import Diagnostics
import JMESPath
public import JSONSlices

extension Explanation {
    /// Writes the plan for programs. Times are written as compositions write them; what is not there is null, so that
    /// every member is always there. Members may be added, none changes its meaning.
    ///
    /// `{"endpoint", "file", "summary", "access", "limits", "timeout", "stages": [[name]], "onlyForFallbacks": [name], "calls":
    /// [{"name", "backend", "split": {"sides": {name: weight}, "sticky"}, "method", "path", "required", "needs": [name], "fallbackNeeds": [name], "compensates": [name],
    /// "when", "forEach": {"list", "maxItems", "maxConcurrency", "batch": {"size", "key"}}, "timeout", "success",
    /// "propagate", "cache", "worstCaseRequests"}], "criticalPath": {"calls": [name], "time"}, "cache",
    /// "worstCaseRequests"}`; `access` and `limits` only where the endpoint says them,
    /// `split` only where there is one: `backend` is its heaviest then.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("endpoint", plan.name)
            writer.member("file", plan.place.file.path)
            writer.member("summary", plan.summary)
            if let access = plan.access {
                writer.key("access")
                access.write(to: &writer)
            }
            if !plan.limits.isEmpty {
                writer.key("limits")
                writer.array(plan.limits) { writer, limit in limit.write(to: &writer) }
            }
            writer.member("timeout", plan.timeout.spelled)
            writer.key("stages")
            writer.array(stages) { writer, stage in writer.array(of: names(stage)) }
            writer.key("onlyForFallbacks")
            writer.array(of: names(spare))
            writer.key("calls")
            writer.array(Array(plan.calls.indices)) { writer, index in write(index, to: &writer) }
            writer.key("criticalPath")
            writer.object { writer in
                writer.key("calls")
                writer.array(of: names(criticalPath?.calls ?? []))
                writer.member("time", criticalTime.spelled)
            }
            writer.member("cache", plan.response.cache?.sketch)
            writer.member("worstCaseRequests", worstCase.total)
        }
    }

    private func write(_ index: Int, to writer: inout JSONWriter) {
        let call = plan.calls[index]
        writer.object { writer in
            writer.member("name", call.name)
            writer.member("backend", call.backend)
            if let split = call.split {
                writer.key("split")
                split.write(to: &writer)
            }
            writer.member("method", call.method)
            writer.member("path", call.path.source)
            writer.key("required")
            writer.write(.bool(call.isRequired))
            for (key, calls) in [
                ("needs", call.needs), ("fallbackNeeds", call.fallbackNeeds), ("compensates", compensates[index]),
            ] {
                writer.key(key)
                writer.array(of: names(calls))
            }
            writer.member("when", call.when?.expression.source)
            writer.key("forEach")
            writer.optional(call.forEach) { writer, forEach in Self.write(forEach, to: &writer) }
            writer.member("timeout", timeout(of: call)?.spelled)
            writer.key("success")
            Self.write(call.success, to: &writer)
            writer.key("propagate")
            writer.optional(call.propagate) { writer, statuses in writer.array(of: statuses.sorted()) }
            writer.member("cache", call.cache?.sketch)
            writer.member("worstCaseRequests", call.forEach?.maxRequests ?? 1)
        }
    }

    private static func write(_ forEach: ForEach, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("list", forEach.list.expression.source)
            writer.member("maxItems", forEach.maxItems)
            writer.member("maxConcurrency", forEach.maxConcurrency)
            writer.key("batch")
            writer.optional(forEach.batch) { writer, batch in
                writer.object { writer in
                    writer.member("size", batch.size)
                    writer.member("key", batch.key.expression.source)
                }
            }
        }
    }

    private static func write(_ success: SuccessRule, to writer: inout JSONWriter) {
        switch success {
        case .successful: writer.write(.null)
        case .statuses(let statuses): writer.array(of: statuses)
        case .expression(let rule, _): writer.write(string: rule.expression.source)
        }
    }
}
