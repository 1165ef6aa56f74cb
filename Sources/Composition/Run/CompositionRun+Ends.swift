import CurlTransport
import JMESPath
import JSONSlices

/// What becomes of a call whose requests have ended.
extension CompositionRun {
    mutating func endUnit(_ unit: Int, of call: Int, _ end: ItemEnd) {
        works[call]?.endUnit(unit, end)
        if end.failure != nil { noteFailure(of: call) }
    }

    mutating func endUnit(of call: Int, _ ends: [(place: Int, end: ItemEnd)]) {
        works[call]?.endUnit(ends)
        if ends.contains(where: { $0.end.failure != nil }) { noteFailure(of: call) }
    }

    /// The first failure of a required call ends the composition: nothing is started after it.
    mutating func noteFailure(of call: Int) {
        guard phase == .running, plan.calls[call].isRequired else { return }
        failedCall = call
        phase = .stopped
    }

    /// Every unit of the call has ended.
    mutating func finish(_ call: Int, at now: ContinuousClock.Instant) {
        guard let work = works[call] else { return }
        works[call]?.duration = Int((now - work.start) / .microseconds(1))
        guard work.failure != nil else { return settle(call) }
        if plan.calls[call].isRequired {
            noteFailure(of: call)
            if phase == .compensating { settle(call) }
        } else if phase != .stopped {
            pending.append(progress.failed(call))
        }
    }

    /// The call's values are what they will be.
    private mutating func settle(_ call: Int) {
        guard let work = works[call] else { return }
        for slot in plan.slotsOfCall[call] { scope.slots[slot] = work.value(of: plan.slotSources[slot]) }
        if phase != .stopped { pending.append(progress.settled(call)) }
    }

    /// Puts the fallback in the place of the call's value, or of those items' that failed.
    mutating func useFallback(_ call: Int) {
        guard let fallback = plan.calls[call].fallback, let work = works[call] else { return }
        do throws(RenderFailure) {
            if work.wholeFailure != nil {
                setItem(nil)
                works[call]?.standIn = try fallback.value(in: scope)
            }
            for place in work.failedPlaces {
                setItem(work.items.indices.contains(place) ? work.items[place] : nil)
                let value = try fallback.value(in: scope)
                works[call]?.ends[place]?.standIn = value
            }
            fallbacks.insert(call)
            settle(call)
        } catch {
            // The fallback has failed too: what the client is told, while the log keeps the first cause.
            var failure = error
            failure.detail += ", as the fallback for: \(work.failure?.detail ?? "")"
            works[call]?.wholeFailure = .render(failure)
            if phase == .compensating { return settle(call) }
            failedCall = call
            phase = .stopped
        }
    }

    /// Sets what `item` stands for in what is evaluated next.
    mutating func setItem(_ item: JSONValue?) {
        guard let slot = plan.itemSlot else { return }
        scope.slots[slot] = item ?? .null
    }

    /// The failure as it is to be told: an expression that cannot use the value of a fallback failed because of the call
    /// that failed before.
    func blaming(_ failure: CallFailure, in call: Int) -> CallFailure {
        plan.calls[call].needs.contains { fallbacks.contains($0) } ? failure.blamingDependency : failure
    }

    /// Whether a request could not be made for want of something that was skipped, and so is skipped itself.
    func isOfSkipped(_ failure: RenderFailure, in call: Int, item: JSONValue?) -> Bool {
        failure.nullSlots.contains { slot in
            switch plan.slotSources[slot] {
            case .item:
                guard let list = plan.calls[call].forEach?.list, item?.isNull == true else { return false }
                return list.expression.slots.contains { slot in
                    plan.slotSources[slot].call.flatMap { works[$0] }?.hasSkipped ?? false
                }
            case let source:
                guard let needed = source.call else { return false }
                guard let work = works[needed] else { return phase == .compensating }
                return work.hasSkipped && !work.isList || phase == .compensating && work.failure != nil
            }
        }
    }
}

extension CallWork {
    /// The value of a slot that this call fills.
    func value(of source: SlotSource) -> JSONValue {
        switch source {
        case .callStatus:
            return each { $0.status.map { .number(JSONNumber($0)) } ?? .null }
        case .callHeader(_, let name):
            return each { Answer.value(ofHeader: name, in: $0.headers) }
        case .callError:
            return failure.map { .string($0.reason.word) } ?? .null
        default:
            return value
        }
    }
}
