public import Diagnostics

/// One endpoint, compiled: every name resolved, every template parsed, the order of its calls known.
///
/// Immutable; shared by all requests.
public final class Plan: Sendable {
    public let pattern: EndpointPattern
    /// What is asked of a request besides; nil for nothing.
    public let match: RequestMatch?
    /// The pattern as text, as its author wrote it: `GET /home/{userId}`, and what `match` asks in parentheses.
    public let name: String
    public let summary: String?
    /// Nil where the file says nothing of it.
    public let access: AccessRule?
    /// The limits that it is under, in the order of the file.
    public let limits: [LimitUse]
    public let parameters: [Parameter]
    /// What a request's body must be; nil for anything, or nothing.
    let requestBody: ValueSchema?
    /// For the whole composition.
    public let timeout: Duration
    /// Whether replies carry `Server-Timing`.
    public let serverTiming: Bool
    /// The file that the endpoint was read from, and where in it the endpoint stands.
    public let place: Diagnostic.Place
    /// Where the members of the composition stand, and those of its `parameters`.
    let places: ObjectPlaces
    let parameterPlaces: ObjectPlaces?

    /// In the order of the file.
    let calls: [Call]
    let response: ResponseTemplate
    let slotSources: [SlotSource]
    /// The slots that a call's end fills, by call.
    let slotsOfCall: [[Int]]
    /// The calls that run in any case, by their place in `calls`; the others only when a fallback needs them.
    let initialCalls: [Int]
    /// The slot of `item`, where a call goes through a list.
    let itemSlot: Int?
    /// Whether two requests of one run can be equal, and then are to be sent once.
    let mayRepeatRequests: Bool
    /// Whether a call's answers may be kept.
    let isCached: Bool
    /// Tells this endpoint's replies from those of another version of its file.
    let digest: [UInt8]

    init(
        pattern: EndpointPattern,
        match: RequestMatch?,
        summary: String?,
        access: AccessRule?,
        limits: [LimitUse],
        parameters: [Parameter],
        requestBody: ValueSchema?,
        timeout: Duration,
        serverTiming: Bool,
        place: Diagnostic.Place,
        places: ObjectPlaces,
        parameterPlaces: ObjectPlaces?,
        calls: [Call],
        response: ResponseTemplate,
        slotSources: [SlotSource],
        initialCalls: [Int]
    ) {
        self.pattern = pattern
        self.match = match
        self.name = pattern.name(with: match)
        self.summary = summary
        self.access = access
        self.limits = limits
        self.parameters = parameters
        self.requestBody = requestBody
        self.timeout = timeout
        self.serverTiming = serverTiming
        self.place = place
        self.places = places
        self.parameterPlaces = parameterPlaces
        self.calls = calls
        self.response = response
        self.slotSources = slotSources
        self.initialCalls = initialCalls
        self.itemSlot = slotSources.firstIndex(of: .item)
        self.isCached = calls.contains { $0.cache != nil }
        self.digest = ContentHash.bytes(of: place.file.bytes)
        let gets = calls.filter { $0.method == "GET" }
        self.mayRepeatRequests =
            gets.contains { $0.forEach != nil }
            || Set(gets.flatMap(\.backends)).count < gets.reduce(0) { $0 + $1.backends.count }
        var slotsOfCall = [[Int]](repeating: [], count: calls.count)
        for (slot, source) in slotSources.enumerated() {
            if let call = source.call { slotsOfCall[call].append(slot) }
        }
        self.slotsOfCall = slotsOfCall
    }

    /// Whether a call runs only when a fallback needs it.
    func isSpare(_ call: Int) -> Bool { !initialCalls.contains(call) }

    /// Whether a call goes to one of several backends: what is drawn for a request may decide.
    public var hasSplits: Bool { calls.contains { $0.split != nil } }

    /// The backends that the calls go to, each once, in the order of the file.
    public var backends: [String] {
        var names: [String] = []
        for name in calls.flatMap(\.backends) where !names.contains(name) { names.append(name) }
        return names
    }
}

/// The reply of an endpoint before its values are known.
struct ResponseTemplate: Sendable {
    enum Status: Sendable {
        case constant(Int)
        case expression(PlacedExpression)
    }

    let status: Status
    let headers: [HeaderTemplate]
    let body: JSONTemplate
    /// The slot that holds what is missing of a partial reply, where the body shows it.
    let partialSlot: Int?
    /// Nil: every request has its own reply.
    let cache: CacheRule?
    let slots: [Int]
}
