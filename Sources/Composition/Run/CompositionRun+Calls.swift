import CurlTransport
import Diagnostics
import JSONSlices

/// A call from its start to its end.
extension CompositionRun {
    /// Begins a call whose needs are there.
    mutating func start(_ call: Int, at now: ContinuousClock.Instant) {
        do throws(CallFailure) {
            guard let forEach = plan.calls[call].forEach else {
                works[call] = CallWork(.one, start: now)
                return advance(call, at: now)
            }
            let items = try items(of: forEach)
            guard let batch = forEach.batch else {
                works[call] = CallWork(.items(items), start: now)
                return advance(call, at: now)
            }
            startBatches(of: items, batch, call, at: now)
            advance(call, at: now)
        } catch {
            var work = CallWork(.one, start: now)
            work.wholeFailure = blaming(error, in: call)
            works[call] = work
            finish(call, at: now)
        }
    }

    /// The list that a call goes through.
    private func items(of forEach: ForEach) throws(CallFailure) -> [JSONValue] {
        let list: JSONValue
        do throws(RenderFailure) {
            list = try forEach.list.evaluate(in: scope)
        } catch {
            throw .render(error)
        }
        guard let items = list.isNull ? [] : list.arrayElements else {
            throw .render(
                RenderFailure(
                    reason: .expressionError,
                    detail: "\(forEach.list.place): 'forEach' wants a list, not \(list.kind.article)"
                )
            )
        }
        guard items.count <= forEach.maxItems else {
            throw .render(
                RenderFailure(
                    reason: .limitExceeded,
                    detail: "\(forEach.list.place): a list of \(items.count), and 'maxItems' is \(forEach.maxItems)"
                )
            )
        }
        return items
    }

    /// Starts as many units as may run at a time; ends the call after the last.
    mutating func advance(_ call: Int, at now: ContinuousClock.Instant) {
        let limit = plan.calls[call].forEach?.maxConcurrency ?? 1
        while phase != .stopped, let unit = works[call]?.beginUnit(limit: limit) {
            startUnit(unit, of: call, at: now)
        }
        if let work = works[call], work.duration == nil, work.isComplete { finish(call, at: now) }
    }

    private mutating func startUnit(_ unit: Int, of index: Int, at now: ContinuousClock.Instant) {
        let call = plan.calls[index]
        setItem(works[index]?.item(ofUnit: unit))
        let request: TransportRequest
        let deadline: ContinuousClock.Instant
        do throws(RenderFailure) {
            if call.forEach?.batch == nil, let when = call.when, !(try when.evaluate(in: scope).isTrue) {
                return endUnit(unit, of: index, .skipped)
            }
            let bound = backends[index]
            deadline = min((call.timeout ?? bound.timeout).map { now + $0 } ?? self.deadline, self.deadline)
            guard deadline > now else {
                return endUnit(unit, of: index, .failed(.transport(.timeout(.waiting))))
            }
            var rendered = try call.request(to: bound, forwarded: forwarded, timeout: deadline - now, in: scope)
            rendered.ignoresCancellation = phase == .compensating
            request = rendered
        } catch {
            let end =
                isOfSkipped(error, in: index, item: works[index]?.item(ofUnit: unit))
                ? ItemEnd.skipped : .failed(blaming(.render(error), in: index))
            return endUnit(unit, of: index, end)
        }
        let taker = Exchange.Taker(call: index, unit: unit, deadline: deadline)
        guard let shared = exchange(for: request, until: deadline) else {
            return send(Exchange(request: request, deadline: deadline, takers: [taker]))
        }
        if case .running = exchanges[shared].state {
            exchanges[shared].takers.append(taker)
        } else {
            take(shared, taker, at: now)
        }
    }

    /// An equal request that has been sent before.
    private func exchange(for request: TransportRequest, until deadline: ContinuousClock.Instant) -> Int? {
        guard plan.mayRepeatRequests, request.method == "GET" else { return nil }
        return exchangesByURL[request.url]?.first { exchanges[$0].serves(request, until: deadline) }
    }

    /// Gives the end of a request to one that waited for it.
    mutating func take(_ exchange: Int, _ taker: Exchange.Taker, at now: ContinuousClock.Instant) {
        switch exchanges[exchange].state {
        case .running, .released:
            return
        case .failed(.timeout)
        where phase != .stopped && exchanges[exchange].deadline < taker.deadline && now < taker.deadline:
            // The one who sent it had less time: this one asks again.
            var request = exchanges[exchange].request
            request.timeout = taker.deadline - now
            send(Exchange(request: request, deadline: taker.deadline, takers: [taker]))
        case .failed(.cancelled):
            works[taker.call]?.abandonUnit()
        case .failed(let error):
            endUnit(taker.unit, of: taker.call, .failed(.transport(error)))
        case .answered(var answer):
            let end = end(of: taker, &answer)
            exchanges[exchange].state = .answered(answer)
            end.map { endUnit(taker.unit, of: taker.call, $0) }
        }
    }

    /// What an answer is to a unit; nil for a batch, whose places have an end each.
    private mutating func end(of taker: Exchange.Taker, _ answer: inout Answer) -> ItemEnd? {
        let call = plan.calls[taker.call]
        setItem(works[taker.call]?.item(ofUnit: taker.unit))
        var end = ItemEnd(result: .skipped, status: answer.status, headers: answer.headers)
        do throws(CallFailure) {
            let value = try call.value(of: &answer, in: scope)
            if let batch = call.forEach?.batch {
                try distribute(value, of: taker, by: batch, answer)
                return nil
            }
            end.result = .value(call.omit?.applied(to: value) ?? value)
        } catch {
            end.result = .failed(blaming(error, in: taker.call))
        }
        return end
    }
}
