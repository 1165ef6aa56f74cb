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
        guard phase == .running, isRequired(call) else { return }
        failedCall = call
        phase = .stopped
    }

    /// Whether the reply cannot do without the call's value. A fallback that speaks of an item has nothing to say when
    /// there is no list.
    private func isRequired(_ call: Int) -> Bool {
        plan.calls[call].isRequired || (plan.calls[call].fallbackReadsItem && works[call]?.wholeFailure != nil)
    }

    /// Every unit of the call has ended.
    mutating func finish(_ call: Int, at now: ContinuousClock.Instant) {
        guard let work = works[call] else { return }
        works[call]?.duration = Int((now - work.start) / .microseconds(1))
        guard work.failure != nil else { return settle(call) }
        if isRequired(call) {
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
            if let failure = work.wholeFailure {
                setItem(nil)
                tell(.failed(failure), of: call)
                works[call]?.standIn = try fallback.value(in: scope)
            }
            for place in work.failedPlaces {
                setItem(work.items.indices.contains(place) ? work.items[place] : nil)
                if let end = work.ends[place] { tell(end, of: call) }
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

    /// Lets the fallback of a call read how the call, or the item that it stands in for, has failed.
    private mutating func tell(_ end: ItemEnd, of call: Int) {
        for slot in plan.slotsOfCall[call] {
            switch plan.slotSources[slot] {
            case .callError: scope.slots[slot] = end.failure.map { .string($0.reason.word) } ?? .null
            case .callStatus: scope.slots[slot] = end.statusValue
            case .callHeader(_, let name): scope.slots[slot] = Answer.value(ofHeader: name, in: end.headers)
            default: continue
            }
        }
    }

    /// Sets what `item` stands for in what is evaluated next.
    mutating func setItem(_ item: JSONValue?) {
        guard let slot = plan.itemSlot else { return }
        scope.slots[slot] = item ?? .null
    }

    /// The failure as it is to be told: an expression that cannot use the value of a fallback, or of what never came to be,
    /// failed because of the call that failed before.
    func blaming(_ failure: CallFailure, in call: Int) -> CallFailure {
        let isFollowing = plan.calls[call].needs.contains { needed in
            fallbacks.contains(needed) || (phase == .compensating && works[needed]?.hasSucceeded != true)
        }
        return isFollowing ? failure.blamingDependency : failure
    }

    /// Whether a request could not be made for want of something that was skipped, and of nothing else; then it is skipped
    /// itself.
    ///
    /// - Parameter place: the item's, where there is one.
    func isOfSkipped(_ failure: RenderFailure, in call: Int, place: Int?) -> Bool {
        let sources = failure.nullSlots.map { plan.slotSources[$0] }.filter { $0 == .item || $0.call != nil }
        return !sources.isEmpty
            && sources.allSatisfy { source in
                if let needed = source.call { return isSkipped(needed) }
                return place.map { isItemSkipped(at: $0, of: call) } ?? false
            }
    }

    /// Whether a call came to nothing that anybody could miss: it was skipped, or what is to be made good never was done.
    private func isSkipped(_ call: Int) -> Bool {
        let isUndone = phase == .compensating && plan.calls[call].isUnsafe
        guard let work = works[call] else { return isUndone }
        return !work.isList && work.isSkipped(at: 0) || isUndone && !work.hasSucceeded
    }

    /// Whether the item is the null of one that was skipped before, in the list that another call has made.
    private func isItemSkipped(at place: Int, of call: Int) -> Bool {
        guard let list = plan.calls[call].forEach?.list.expression, list.slots.count == 1,
            case .call(let maker) = plan.slotSources[list.slots[0]], list.source == plan.calls[maker].name
        else { return false }
        return works[maker]?.isSkipped(at: place) ?? false
    }
}

extension ItemEnd {
    fileprivate var statusValue: JSONValue { status.map { .number(JSONNumber($0)) } ?? .null }
}

extension CallWork {
    /// The value of a slot that this call fills.
    func value(of source: SlotSource) -> JSONValue {
        switch source {
        case .callStatus:
            return each(\.statusValue)
        case .callHeader(_, let name):
            return each { Answer.value(ofHeader: name, in: $0.headers) }
        case .callError:
            return failure.map { .string($0.reason.word) } ?? .null
        default:
            return value
        }
    }
}
