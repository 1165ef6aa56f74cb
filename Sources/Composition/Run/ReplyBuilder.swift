import CurlTransport
import Diagnostics
import JSONSlices
import ResponseCache

/// Turns what a run came to into a reply.
struct ReplyBuilder {
    let plan: Plan

    /// From this length on a value of a backend's body is not copied into the reply: two memory pages cost less to copy.
    private static let sharedFrom = 64 << 10

    func reply(of run: CompositionRun) -> EndpointReply {
        var reply: EndpointReply
        if let failedCall = run.failedCall, let refusal = refusal(of: failedCall, in: run) {
            reply = refusal.reply
            reply.failures = failures(of: run).filter { $0.call != plan.calls[failedCall].name }
            reply.effects = effects(of: run)
            return reply
        }
        if let failedCall = run.failedCall {
            reply = failed(failedCall, in: run)
            reply.failedCall = plan.calls[failedCall].name
        } else if run.isCancelled {
            reply = problem(EndpointProblem(status: 503, detail: "The request was cancelled.", members: []))
        } else {
            reply = rendered(run)
        }
        reply.failures = failures(of: run)
        if !run.cached.isEmpty {
            reply.cached = run.cached.keys.filter(run.isCached).sorted().map { plan.calls[$0].name }
        }
        if case .problem = reply.content { reply.effects = effects(of: run) }
        if plan.serverTiming, let timing = serverTiming(of: run) {
            reply.headers.append(("Server-Timing", timing))
        }
        return reply
    }

    func problem(_ problem: EndpointProblem) -> EndpointReply {
        EndpointReply(status: problem.status, headers: [], content: .problem(problem), failures: [])
    }

    private func rendered(_ run: CompositionRun) -> EndpointReply {
        var scope = run.scope
        if let slot = plan.response.partialSlot { scope.slots[slot] = partialList(of: run) }
        do throws(RenderFailure) {
            let status = try status(in: scope)
            var headers: [(name: String, value: String)] = []
            for header in plan.response.headers {
                for value in try values(of: header, in: scope) { headers.append((header.name, value)) }
            }
            if let partial = partialHeader(of: run) { headers.append(("Medley-Partial", partial)) }
            // No content, by RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5.
            guard ![204, 205, 304].contains(status) else {
                return EndpointReply(status: status, headers: headers, content: .body(JSONPieces([])), failures: [])
            }
            if !has("content-type", in: headers) {
                headers.append(("Content-Type", "application/json"))
            }
            var writer = JSONWriter(capacity: 4096, sharedFrom: Self.sharedFrom)
            try plan.response.body.write(to: &writer, in: scope)
            let body = writer.finishPieces()
            if plan.pattern.method == "GET", (200..<300).contains(status), !has("etag", in: headers) {
                headers.append(("ETag", ContentHash.entityTag(of: body)))
            }
            var reply = EndpointReply(status: status, headers: headers, content: .body(body), failures: [])
            try tellCaches(&reply, of: run, in: scope)
            // Caches on the way know nothing of the policy that this client has passed.
            if plan.access?.isProtected == true, !has("cache-control", in: reply.headers) {
                reply.headers.append(("Cache-Control", "private"))
            }
            return reply
        } catch {
            return responseFailed(error)
        }
    }

    private func has(_ name: String, in headers: [(name: String, value: String)]) -> Bool {
        headers.contains { HeaderValidation.equal($0.name, name) }
    }

    /// Says for how long the reply may be kept, here and by others, where the endpoint's `cache` asks for it.
    private func tellCaches(
        _ reply: inout EndpointReply,
        of run: CompositionRun,
        in scope: borrowing RenderScope
    ) throws(RenderFailure) {
        guard let rule = plan.response.cache, var freshness = run.freshness else { return }
        if !run.fallbacks.isEmpty { freshness.addPartial() }
        do throws(RenderFailure) {
            reply.tags = try rule.tags(in: scope)
        } catch {
            throw error.within("response.cache.tags")
        }
        let isKept =
            (200..<300).contains(reply.status) || ([404, 410].contains(reply.status) && rule.policy.negative != nil)
        let setsCookie = has("set-cookie", in: reply.headers) && !rule.policy.overridesOrigin
        reply.freshness = isKept && !setsCookie ? freshness.freshness : 0
        if reply.status == 404 || reply.status == 410 {
            reply.freshness = min(reply.freshness, rule.policy.negative ?? 0)
        }
        if !has("cache-control", in: reply.headers) {
            let text = isKept && !setsCookie ? freshness.cacheControl : "no-store"
            reply.headers.append(("Cache-Control", plan.readsIdentity ? Self.asPrivate(text) : text))
        }
        if !plan.headersRead.isEmpty, !has("vary", in: reply.headers) {
            reply.headers.append(("Vary", plan.headersRead.joined(separator: ", ")))
        }
    }

    /// For the one client alone: its cookies or credentials have a part in the reply.
    private static func asPrivate(_ cacheControl: String) -> String {
        guard cacheControl.hasPrefix("max-age=") else { return cacheControl }
        let kept = cacheControl.split(separator: ",").map(\.trimmingSpace).filter { !$0.hasPrefix("s-maxage=") }
        return "private, " + kept.joined(separator: ", ")
    }

    private func values(of header: HeaderTemplate, in scope: RenderScope) throws(RenderFailure) -> [String] {
        do throws(RenderFailure) {
            return try header.values(in: scope, lists: true)
        } catch {
            throw error.within("response.headers.\(header.name)")
        }
    }

    private func status(in scope: RenderScope) throws(RenderFailure) -> Int {
        switch plan.response.status {
        case .constant(let status):
            return status
        case .expression(let expression):
            let value: JSONValue
            do throws(RenderFailure) {
                value = try expression.evaluate(in: scope)
            } catch {
                throw error.within("response.status")
            }
            guard let status = value.numberText.flatMap({ Int($0) }), (200...599).contains(status) else {
                throw RenderFailure(
                    reason: .expressionError,
                    detail: "\(expression.place): a status is a number from 200 to 599, not \(value.kind.article)",
                    member: "response.status"
                )
            }
            return status
        }
    }

    private func responseFailed(_ failure: RenderFailure) -> EndpointReply {
        var members = [(name: "reason", value: failure.reason.word)]
        if let member = failure.member { members.insert(("member", member), at: 0) }
        var reply = problem(
            EndpointProblem(
                status: 500,
                detail: "The reply could not be made" + (failure.member.map { ": \($0) failed." } ?? "."),
                members: members
            )
        )
        reply.responseFailure = failure.detail
        return reply
    }

    func internalError(_ detail: String) -> EndpointReply {
        responseFailed(RenderFailure(reason: .expressionError, detail: detail))
    }

    /// Which calls' values are fallbacks, and why: a list of RFC 9651, `offers;reason=http_response_timeout`.
    private func partialHeader(of run: CompositionRun) -> String? {
        guard !run.fallbacks.isEmpty else { return nil }
        return run.fallbacks.sorted().compactMap { index in
            guard let failure = run.works[index]?.failure else { return nil }
            let name = plan.calls[index].name
            // A token begins with a letter; a name may begin with an underscore.
            return (name.hasPrefix("_") ? "\"\(name)\"" : name) + ";reason=\(failure.reason.word)"
        }.joined(separator: ", ")
    }

    /// The same for the body: a list with a member for each such call, and the places of a list's items that are none of
    /// their backend's. Null when nothing is missing.
    private func partialList(of run: CompositionRun) -> JSONValue {
        guard !run.fallbacks.isEmpty else { return .null }
        return .array(
            run.fallbacks.sorted().compactMap { index in
                guard let work = run.works[index], let failure = work.failure else { return nil }
                var entry = JSONObject(members: [
                    ("call", .string(plan.calls[index].name)), ("reason", .string(failure.reason.word)),
                ])
                if work.isList, work.wholeFailure == nil {
                    entry["items"] = .array(work.failedPlaces.map { .number(JSONNumber($0)) })
                }
                return .object(entry)
            }
        )
    }

    /// Each call's time in milliseconds (W3C Server Timing).
    private func serverTiming(of run: CompositionRun) -> String? {
        let metrics = plan.calls.indices.compactMap { index in
            run.works[index]?.duration.map { duration in
                let kept = run.isCached(index) ? ";desc=hit" : ""
                return "\(plan.calls[index].name)\(kept);dur=\(duration / 1000).\(duration % 1000 / 100)"
            }
        }
        return metrics.isEmpty ? nil : metrics.joined(separator: ", ")
    }
}
