import CurlTransport
import Diagnostics
import JMESPath
import JSONSlices

/// Several items in one request.
extension CompositionRun {
    /// Begins a call that asks for its items' ids in portions.
    ///
    /// An item that `when` does not want is skipped; one without an id has failed before anything is sent.
    mutating func startBatches(
        of items: [JSONValue],
        _ batch: ForEach.Batch,
        _ call: Int,
        at now: ContinuousClock.Instant
    ) {
        var batches: [CallWork.Batch] = []
        var batchOfID: [ExactString: Int] = [:]
        var ends: [(place: Int, end: ItemEnd)] = []
        for (place, item) in items.enumerated() {
            do throws(RenderFailure) {
                guard let id = try id(of: item, batch, plan.calls[call]) else {
                    ends.append((place, try skipped(call)))
                    continue
                }
                if let known = batchOfID[id.text] {
                    batches[known].places[id.text]?.append(place)
                    continue
                }
                if batches.last.map({ $0.ids.count >= batch.size }) ?? true { batches.append(CallWork.Batch()) }
                batchOfID[id.text] = batches.count - 1
                batches[batches.count - 1].ids.append(id.value)
                batches[batches.count - 1].places[id.text] = [place]
            } catch {
                ends.append((place, end(of: error, in: call, place: place)))
            }
        }
        let work = CallWork(.batches(batches, items: items), start: now)
        for (place, end) in ends { work.set(end, at: place) }
        works[call] = work
        if work.failure != nil { noteFailure(of: call) }
    }

    /// An item's id, and its text; nil when the item is not wanted.
    private mutating func id(
        of item: JSONValue,
        _ batch: ForEach.Batch,
        _ call: Call
    ) throws(RenderFailure) -> (value: JSONValue, text: ExactString)? {
        setItem(item)
        if let when = call.when, !(try when.evaluate(in: scope).isTrue) { return nil }
        let value = try batch.id?.evaluate(root: item, in: scope) ?? item
        guard let text = try (batch.id ?? batch.key).scalarText(of: value) else {
            throw RenderFailure(
                reason: .expressionError,
                detail: "\((batch.id ?? batch.key).place): an item's id is null",
                nullSlots: plan.itemSlot.map { [$0] } ?? []
            )
        }
        return (value, ExactString(text))
    }

    /// Puts the elements of a batch's answer in their places.
    mutating func distribute(
        _ value: JSONValue,
        of taker: Exchange.Taker,
        by batch: ForEach.Batch,
        _ answer: Answer
    ) throws(CallFailure) {
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
                found[ExactString(text)] = element
            } catch {
                throw .render(error)
            }
        }
        guard case .batches(let batches, let items)? = works[taker.call]?.units, batches.indices.contains(taker.unit)
        else { return }
        var ends: [(place: Int, end: ItemEnd)] = []
        for (id, places) in batches[taker.unit].places {
            for place in places {
                // Every place has the answer's status and fields, and a value of its own.
                var end = ItemEnd(result: .failed(.missing(id.string)), status: answer.status, headers: answer.headers)
                if let element = found[id] {
                    end.result = joined(element, to: items[place], by: batch.join, in: taker.call)
                }
                ends.append((place, end))
            }
        }
        endUnit(of: taker.call, ends)
    }

    /// What goes to the place of an item that a batch's answer has an element for.
    private mutating func joined(
        _ element: JSONValue,
        to item: JSONValue,
        by join: PlacedExpression?,
        in call: Int
    ) -> ItemEnd.Result {
        do throws(RenderFailure) {
            setItem(item)
            let value = try join?.evaluate(root: element, in: scope) ?? element
            return .value(plan.calls[call].omit?.applied(to: value) ?? value)
        } catch {
            return .failed(blaming(.render(error), in: call))
        }
    }
}
