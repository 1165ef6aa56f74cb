/// An object that was computed: members in the order of their first setting, each name once.
///
/// Names are the same when they have the same code points.
public struct JSONObject: Sendable {
    /// Below this many members a search is faster than a dictionary.
    private static let indexedFrom = 16

    enum Storage: Sendable {
        /// The values of a shape's names: as many as those.
        case shaped(JSONShape, [JSONValue])
        /// A row of a table.
        case row(JSONTable, Int)
        /// Members of its own, and the place of each name once there are enough of them.
        case members([(key: String, value: JSONValue)], places: [ExactString: Int]?)
    }

    private(set) var storage: Storage

    public init() {
        storage = .members([], places: nil)
    }

    /// Where a name stands more than once, the last value wins, at the first one's place.
    public init(members: [(key: String, value: JSONValue)]) {
        self.init()
        for (key, value) in members { self[key] = value }
    }

    /// The values of a shape's names in their order; nil unless there are as many.
    public init?(shape: JSONShape, values: [JSONValue]) {
        guard values.count == shape.names.count else { return nil }
        storage = .shaped(shape, values)
    }

    init(table: JSONTable, row: Int) {
        storage = .row(table, row)
    }

    public var members: [(key: String, value: JSONValue)] {
        switch storage {
        case .shaped(let shape, let values): zip(shape.names, values).map { (key: $0, value: $1) }
        case .row(let table, let row):
            table.shape.names.enumerated().map { (key: $1, value: table.value(row: row, column: $0)) }
        case .members(let members, _): members
        }
    }

    public var count: Int {
        switch storage {
        case .shaped(let shape, _): shape.names.count
        case .row(let table, _): table.shape.names.count
        case .members(let members, _): members.count
        }
    }

    /// The bytes of all names and values together when every value is null, which counts nothing, or one of a document;
    /// nil when some may be computed.
    public var copiedLength: Int? {
        guard case .row(let table, let row) = storage else { return nil }
        return table.shape.namesLength + table.textLength(row: row)
    }

    /// Setting replaces the value in its place or appends the member; setting nil takes the member away.
    public subscript(name: String) -> JSONValue? {
        get {
            switch storage {
            case .shaped(let shape, let values): shape.place(of: name).map { values[$0] }
            case .row(let table, let row): table.shape.place(of: name).map { table.value(row: row, column: $0) }
            case .members(let members, let places): Self.place(of: name, members, places).map { members[$0].value }
            }
        }
        set {
            // The object has members of its own from here on. They are taken out of it, so that changing them copies
            // nothing.
            var (members, places) = ownMembers
            storage = .members([], places: nil)
            switch (Self.place(of: name, members, places), newValue) {
            case (let place?, let value?):
                members[place].value = value
            case (let place?, nil):
                members.remove(at: place)
                places = Self.places(of: members)
            case (nil, let value?):
                members.append((name, value))
                places?[ExactString(name)] = members.count - 1
                if places == nil { places = Self.places(of: members) }
            case (nil, nil):
                break
            }
            storage = .members(members, places: places)
        }
    }

    private var ownMembers: ([(key: String, value: JSONValue)], [ExactString: Int]?) {
        if case .members(let members, let places) = storage { return (members, places) }
        let members = members
        return (members, Self.places(of: members))
    }

    private static func place(
        of name: String,
        _ members: [(key: String, value: JSONValue)],
        _ places: [ExactString: Int]?
    ) -> Int? {
        if let places { return places[ExactString(name)] }
        return members.firstIndex { ExactString($0.key) == ExactString(name) }
    }

    /// nil for few members.
    private static func places(of members: [(key: String, value: JSONValue)]) -> [ExactString: Int]? {
        guard members.count >= indexedFrom else { return nil }
        var places: [ExactString: Int] = [:]
        places.reserveCapacity(members.count * 2)
        for (place, member) in members.enumerated() { places[ExactString(member.key)] = place }
        return places
    }
}
