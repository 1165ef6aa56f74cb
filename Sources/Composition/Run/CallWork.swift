import CurlTransport
import JSONSlices

/// How one item of a call ended; a call without `forEach` has one.
struct ItemEnd {
    enum Result {
        case value(JSONValue)
        case skipped
        case failed(CallFailure)
    }

    var result: Result
    /// The answer's status and fields, where one came.
    var status: Int?
    var headers = HeaderSection()
    /// The value of `fallback` or `otherwise`, where it was used.
    var standIn: JSONValue?
    /// The request that failed, for the operator's log.
    var request: String?
    /// Whom it went to; nil where nothing was sent.
    var backend: String?

    static let skipped = ItemEnd(result: .skipped)

    static func failed(_ failure: CallFailure) -> ItemEnd { ItemEnd(result: .failed(failure)) }

    var value: JSONValue {
        if let standIn { return standIn }
        return if case .value(let value) = result { value } else { .null }
    }
    var failure: CallFailure? { if case .failed(let failure) = result { failure } else { nil } }
    var isSkipped: Bool { if case .skipped = result { true } else { false } }
}

/// A call that has begun: what it asks for, and what has come of it so far.
///
/// It sends a request per *unit*: one in all, one per item of a list, or one per batch of ids. Owned by one run.
final class CallWork {
    /// Distinct ids of one request, and the places that each one's element goes to.
    struct Batch {
        var ids: [JSONValue] = []
        var places: [ExactString: [Int]] = [:]
    }

    enum Units {
        case one
        case items([JSONValue])
        case batches([Batch], items: [JSONValue])
    }

    let start: ContinuousClock.Instant
    let units: Units
    /// By place; nil for what has not ended.
    var ends: [ItemEnd?]
    /// The call failed as a whole: its list was none, or its fallback failed too.
    var wholeFailure: CallFailure?
    /// The fallback's value for the call as a whole, where it was used.
    var standIn: JSONValue?
    /// From its start to its value, in microseconds; nil while it runs.
    var duration: Int?

    /// Whether a request was broken off: the call comes to no end.
    private(set) var isAbandoned = false
    private var hasFailed = false
    private(set) var nextUnit = 0
    private(set) var unitsInFlight = 0

    init(_ units: Units, start: ContinuousClock.Instant) {
        self.units = units
        self.start = start
        switch units {
        case .one: ends = [nil]
        case .items(let items), .batches(_, let items): ends = Array(repeating: nil, count: items.count)
        }
    }

    var unitCount: Int {
        switch units {
        case .one: 1
        case .items(let items): items.count
        case .batches(let batches, _): batches.count
        }
    }

    var isList: Bool { if case .one = units { false } else { true } }

    /// The elements of the list; none without `forEach`.
    var items: [JSONValue] {
        switch units {
        case .one: []
        case .items(let items), .batches(_, let items): items
        }
    }

    /// What `item` stands for in the request of a unit: an element, or a list of ids.
    func item(ofUnit unit: Int) -> JSONValue? {
        switch units {
        case .one: nil
        case .items(let items): items.indices.contains(unit) ? items[unit] : nil
        case .batches(let batches, _): batches.indices.contains(unit) ? .array(batches[unit].ids) : nil
        }
    }

    /// Whether every unit has begun and ended.
    var isComplete: Bool { nextUnit >= unitCount && unitsInFlight == 0 && !isAbandoned }

    /// The next unit, when fewer than `limit` are under way.
    func beginUnit(limit: Int) -> Int? {
        guard nextUnit < unitCount, unitsInFlight < limit else { return nil }
        defer {
            nextUnit += 1
            unitsInFlight += 1
        }
        return nextUnit
    }

    /// A unit has ended, in the same way at all its places.
    func endUnit(_ unit: Int, _ end: ItemEnd) {
        unitsInFlight -= 1
        switch units {
        case .one: set(end, at: 0)
        case .items: set(end, at: unit)
        case .batches(let batches, _):
            guard batches.indices.contains(unit) else { return }
            for places in batches[unit].places.values {
                for place in places { set(end, at: place) }
            }
        }
    }

    /// A unit was broken off.
    func abandonUnit() {
        unitsInFlight -= 1
        isAbandoned = true
    }

    /// A unit has ended, at each of its places in a way of its own.
    func endUnit(_ ends: [(place: Int, end: ItemEnd)]) {
        unitsInFlight -= 1
        for (place, end) in ends { set(end, at: place) }
    }

    func set(_ end: ItemEnd, at place: Int) {
        if ends.indices.contains(place) { ends[place] = end }
        if end.failure != nil { hasFailed = true }
    }

    /// The places whose item failed.
    var failedPlaces: [Int] { ends.indices.filter { ends[$0]?.failure != nil } }

    /// Why the call failed: as a whole, or its first item that did.
    var failure: CallFailure? {
        if let wholeFailure { return wholeFailure }
        return hasFailed ? firstFailed?.failure : nil
    }

    /// The first item that failed.
    var firstFailed: ItemEnd? {
        for end in ends {
            if let end, end.failure != nil { return end }
        }
        return nil
    }

    /// Whether the call, or the item at a place of its list, was skipped and left null.
    func isSkipped(at place: Int) -> Bool {
        guard ends.indices.contains(place), let end = ends[place] else { return false }
        return end.isSkipped && end.value.isNull
    }

    /// Whether it has come to its end, and that was its own value.
    var hasSucceeded: Bool { duration != nil && failure == nil }

    /// What came of it; null in the place of what did not.
    var value: JSONValue { standIn ?? (wholeFailure == nil ? each(\.value) : .null) }

    /// Something of each item's answer, in a list for a list.
    func each(_ read: (ItemEnd) -> JSONValue) -> JSONValue {
        guard isList else { return ends.first?.map(read) ?? .null }
        return .array(ends.map { $0.map(read) ?? .null })
    }
}
