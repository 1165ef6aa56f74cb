import CurlTransport
import Diagnostics
import JSONSlices
import ResponseCache

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
            let work = CallWork(.items([]), start: now)
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
        var now = now
        while phase != .stopped, let unit = works[call]?.beginUnit(limit: limit) {
            startUnit(unit, of: call, at: now)
            // What others have asked for before is evaluated on the spot, and that takes time.
            if works[call]?.unitsInFlight == 0 { now = .now }
        }
        if let work = works[call], work.duration == nil, work.isComplete { finish(call, at: now) }
    }

    private mutating func startUnit(_ unit: Int, of index: Int, at now: ContinuousClock.Instant) {
        let call = plan.calls[index]
        setItem(works[index]?.item(ofUnit: unit))
        do throws(RenderFailure) {
            if call.forEach?.batch == nil, let when = call.when, !(try when.evaluate(in: scope).isTrue) {
                return endUnit(unit, of: index, try skipped(index))
            }
            let bound = try backend(for: index)
            let deadline = min((call.timeout ?? bound.timeout).map { now + $0 } ?? self.deadline, self.deadline)
            guard deadline > now else { return endUnit(unit, of: index, .failed(.outOfTime)) }
            var request = try call.request(to: bound, forwarded: forwarded, timeout: deadline - now, in: scope)
            request.ignoresCancellation = phase == .compensating
            let caching = try caching(of: request, in: index)
            submit(request, caching, for: Exchange.Taker(call: index, unit: unit, deadline: deadline))
        } catch {
            endUnit(unit, of: index, end(of: error, in: index, place: call.forEach?.batch == nil ? unit : nil))
        }
    }

    /// The end of something that is not asked for: null, or what `otherwise` says.
    func skipped(_ call: Int) throws(RenderFailure) -> ItemEnd {
        var end = ItemEnd.skipped
        end.standIn = try plan.calls[call].otherwise?.value(in: scope)
        return end
    }

    /// What a request that cannot be made is to its item: a failure, or skipped with what it needs.
    func end(of failure: RenderFailure, in call: Int, place: Int?) -> ItemEnd {
        guard isOfSkipped(failure, in: call, place: place) else { return .failed(blaming(.render(failure), in: call)) }
        do throws(RenderFailure) {
            return try skipped(call)
        } catch {
            return .failed(blaming(.render(error), in: call))
        }
    }

    /// Gives the end of a request to one that waited for it.
    mutating func take(_ exchange: Int, _ taker: Exchange.Taker) {
        switch exchanges[exchange].state {
        case .running:
            exchanges[exchange].takers.append(taker)
        case .failed(.timeout) where phase != .stopped && exchanges[exchange].deadline < taker.deadline:
            // The one who sent it had less time: this one asks again.
            var request = exchanges[exchange].request
            request.timeout = max(.milliseconds(1), taker.deadline - .now)
            var caching = exchanges[exchange].caching
            caching?.request = request
            submit(request, caching, for: taker)
        case .failed(.cancelled), .released:
            works[taker.call]?.abandonUnit()
        case .failed(let error):
            var end = ItemEnd.failed(.transport(error))
            end.request = exchanges[exchange].line
            end.backend = exchanges[exchange].request.backend.options.name
            endUnit(taker.unit, of: taker.call, end)
        case .answered(let answer):
            var end = end(of: taker, answer)
            if end?.failure != nil {
                end?.request = exchanges[exchange].line
                end?.backend = exchanges[exchange].request.backend.options.name
            }
            end.map { endUnit(taker.unit, of: taker.call, $0) }
        }
    }

    /// What an answer is to a unit; nil for a batch, whose places have an end each.
    private mutating func end(of taker: Exchange.Taker, _ answer: Answer) -> ItemEnd? {
        let call = plan.calls[taker.call]
        setItem(works[taker.call]?.item(ofUnit: taker.unit))
        var end = ItemEnd(result: .skipped, status: answer.status, headers: answer.headers)
        do throws(CallFailure) {
            let value = try call.value(of: answer, in: scope)
            if let batch = call.forEach?.batch, call.hasValue(answer) {
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
