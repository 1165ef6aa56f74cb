/// An object that was computed: members in the order of their first setting, each name once.
///
/// Names are the same when they have the same code points.
public struct JSONObject: Sendable {
    /// Below this many members a search is faster than a dictionary.
    private static let indexedFrom = 16

    public private(set) var members: [(key: String, value: JSONValue)]

    /// The place of each name, once there are enough of them.
    private var places: [ExactString: Int]?

    public init() {
        members = []
    }

    /// Where a name stands more than once, the last value wins, at the first one's place.
    public init(members: [(key: String, value: JSONValue)]) {
        self.members = []
        self.members.reserveCapacity(members.count)
        for (key, value) in members { self[key] = value }
    }

    public var count: Int {
        members.count
    }

    /// Setting replaces the value in its place or appends the member; setting nil takes the member away.
    public subscript(key: String) -> JSONValue? {
        get {
            place(of: key).map { members[$0].value }
        }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?):
                members[place].value = value
            case (let place?, nil):
                members.remove(at: place)
                places = nil
                indexIfLarge()
            case (nil, let value?):
                members.append((key, value))
                places?[ExactString(key)] = members.count - 1
                if places == nil { indexIfLarge() }
            case (nil, nil):
                break
            }
        }
    }

    private func place(of key: String) -> Int? {
        if let places { return places[ExactString(key)] }
        return members.firstIndex { ExactString($0.key) == ExactString(key) }
    }

    private mutating func indexIfLarge() {
        guard members.count >= Self.indexedFrom else { return }
        var places: [ExactString: Int] = [:]
        places.reserveCapacity(members.count * 2)
        for (place, member) in members.enumerated() { places[ExactString(member.key)] = place }
        self.places = places
    }
}
