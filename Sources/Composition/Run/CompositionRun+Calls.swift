import CurlTransport
import Diagnostics
import JSONSlices

/// A call from its start to its end.
extension CompositionRun {
    /// Begins a call whose needs are there.
    mutating func start(_ call: Int, at now: ContinuousClock.Instant) {
        do throws(CallFailure) {
            let units = try units(of: call)
            works[call] = CallWork(units, start: now)
        } catch {
            var work = CallWork(.one, start: now)
            work.wholeFailure = blaming(error, in: call)
            works[call] = work
            finish(call, at: now)
            return
        }
        advance(call, at: now)
    }

    /// What the call has to ask for: the list it goes through, or one thing.
    private mutating func units(of index: Int) throws(CallFailure) -> CallWork.Units {
        let call = plan.calls[index]
        guard let forEach = call.forEach else { return .one }
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
        guard let batch = forEach.batch else { return .items(items) }
        return .batches(try batches(of: items, batch, in: call), items: items)
    }

    /// The ids in requests' portions. One that is null, or that `when` does not want, is in none.
    private mutating func batches(
        of items: [JSONValue],
        _ batch: ForEach.Batch,
        in call: Call
    ) throws(CallFailure) -> [CallWork.Batch] {
        var batches: [CallWork.Batch] = []
        var batchOfID: [ExactString: Int] = [:]
        for (place, item) in items.enumerated() {
            do throws(RenderFailure) {
                guard let text = try call.forEach?.list.scalarText(of: item) else { continue }
                setItem(item)
                if let when = call.when, !(try when.evaluate(in: scope).isTrue) { continue }
                let id = ExactString(text)
                if let known = batchOfID[id] {
                    batches[known].places[id]?.append(place)
                    continue
                }
                if batches.last.map({ $0.ids.count >= batch.size }) ?? true { batches.append(CallWork.Batch()) }
                batchOfID[id] = batches.count - 1
                batches[batches.count - 1].ids.append(item)
                batches[batches.count - 1].places[id] = [place]
            } catch {
                throw .render(error)
            }
        }
        return batches
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
                isOfSkipped(error, in: index, unit: unit)
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
        case .failed(.timeout) where exchanges[exchange].deadline < taker.deadline && now < taker.deadline:
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

    /// Puts the elements of a batch's answer in their places.
    private mutating func distribute(
        _ value: JSONValue,
        of taker: Exchange.Taker,
        by batch: ForEach.Batch,
        _ answer: Answer
    ) throws(CallFailure) {
        let call = plan.calls[taker.call]
        guard let elements = value.isNull ? [] : value.arrayElements else {
            throw .render(
                RenderFailure(
                    reason: .expressionError,
                    detail: "\(batch.key.place): a batch's value is a list, not \(value.kind.article); see 'select'"
                )
            )
        }
        var found: [ExactString: JSONValue] = [:]
        for element in elements {
            do throws(RenderFailure) {
                guard let text = try batch.key.scalarText(of: batch.key.evaluate(root: element, in: scope)) else {
                    continue
                }
                if found[ExactString(text)] == nil { found[ExactString(text)] = element }
            } catch {
                throw .render(error)
            }
        }
        guard case .batches(let batches, _)? = works[taker.call]?.units, batches.indices.contains(taker.unit) else {
            return
        }
        // Every place has the answer's status and fields, and the end that its id has come to.
        let ends = batches[taker.unit].places.map { id, places in
            var end = ItemEnd(result: .failed(.missing(id.string)), status: answer.status, headers: answer.headers)
            if let element = found[id] { end.result = .value(call.omit?.applied(to: element) ?? element) }
            return (places, end)
        }
        endUnit(of: taker.call, ends)
    }
}
