public import CurlTransport
import JSONSlices

/// A plan joined to its backends: answers requests.
public struct Composer: Sendable {
    public let plan: Plan
    /// By call.
    private let backends: [BoundBackend]

    /// - Returns: nil when `backends` lacks one that the plan names; `check` reports that before.
    public init?(plan: Plan, backends: [String: BoundBackend]) {
        let bound = plan.calls.compactMap { backends[$0.backend] }
        guard bound.count == plan.calls.count else { return nil }
        self.plan = plan
        self.backends = bound
    }

    /// Runs the composition. Must be called on `loop`, and stays there: every call is a child task on the same thread.
    ///
    /// Cancelling the task aborts the transfers, except unsafe ones that have been sent, which are awaited.
    public func run(_ request: EndpointRequest, on loop: CurlLoop) async -> EndpointReply {
        let start = ContinuousClock.now
        let slots: [JSONValue]
        do throws(ParameterFailure) {
            slots = try RequestInput(request: request, plan: plan).slots()
        } catch {
            return ReplyBuilder(plan: plan).badRequest(error)
        }
        var run = CompositionRun(plan: plan, slots: slots)
        await withTaskGroup(of: CallEnd.self) { group in
            var ready = run.begin()
            while true {
                for call in ready {
                    let scope = run.scope
                    let usesFallback = run.dependsOnFallback(call)
                    group.addTask {
                        await perform(
                            call,
                            request: request,
                            scope: scope,
                            dependsOnFallback: usesFallback,
                            deadline: start + plan.timeout,
                            on: loop
                        )
                    }
                }
                guard let end = await group.next() else { break }
                ready = run.ended(end)
                if run.isOver { group.cancelAll() }
            }
        }
        return ReplyBuilder(plan: plan).reply(of: run)
    }

    /// One call from its request to its value.
    private func perform(
        _ index: Int,
        request: EndpointRequest,
        scope: RenderScope,
        dependsOnFallback: Bool,
        deadline: ContinuousClock.Instant,
        on loop: CurlLoop
    ) async -> CallEnd {
        let call = plan.calls[index]
        let start = ContinuousClock.now
        var status: Int?
        var headers = HeaderSection()
        let result: Result<JSONValue, CallFailure>
        do throws(CallFailure) {
            let remaining = deadline - start
            guard remaining > .milliseconds(0) else { throw .transport(.timeout(.waiting)) }
            let transfer: TransportRequest
            do throws(RenderFailure) {
                transfer = try call.request(
                    to: backends[index],
                    forwarded: request.forwarded,
                    timeout: remaining,
                    in: scope
                )
            } catch {
                throw .render(error)
            }
            let response: TransportResponse
            do throws(TransportError) {
                response = try await loop.perform(transfer)
            } catch {
                throw .transport(error)
            }
            status = response.status
            headers = response.section
            result = .success(try call.value(of: response, in: scope))
        } catch {
            result = .failure(dependsOnFallback ? error.blamingDependency : error)
        }
        return CallEnd(
            call: index,
            result: result,
            status: status,
            headers: headers,
            duration: Int((ContinuousClock.now - start) / .microseconds(1))
        )
    }
}

extension Call {
    /// The value of an answer: parsed whole, selected from, and rid of what is not to be seen.
    func value(of response: TransportResponse, in scope: borrowing RenderScope) throws(CallFailure) -> JSONValue {
        guard success.contains(response.status) else { throw .status(response.status) }
        guard (200..<300).contains(response.status), response.status != 204, method != "HEAD" else { return .null }
        var value: JSONValue
        do throws(JSONSyntaxError) {
            value = .slice(try JSONDocument(parsing: response.body).root)
        } catch {
            throw .invalidJSON(error)
        }
        if let select {
            do throws(RenderFailure) {
                value = try select.evaluate(root: value, in: scope)
            } catch {
                throw .render(error)
            }
        }
        return omit?.applied(to: value) ?? value
    }
}
