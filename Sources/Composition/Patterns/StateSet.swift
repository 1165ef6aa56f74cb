/// A set of small numbers that remembers the order of insertion; every operation takes constant time.
///
/// P. Briggs and L. Torczon, "An efficient representation for sparse sets", ACM LOPLAS 2:1-4, 1993.
struct StateSet {
    private var members: [Int]
    /// Where in `members` a number stands, if it does: what is left of earlier contents is told by looking there.
    private var places: [Int]
    private(set) var count = 0

    /// - Parameter capacity: one more than the greatest number that is ever inserted.
    init(capacity: Int) {
        members = Array(repeating: 0, count: capacity)
        places = members
    }

    var isEmpty: Bool { count == 0 }

    /// The member inserted as number `index`, counted from 0.
    subscript(index: Int) -> Int { members[index] }

    mutating func insert(_ member: Int) {
        let place = places[member]
        if place < count, members[place] == member { return }
        members[count] = member
        places[member] = count
        count += 1
    }

    mutating func removeAll() {
        count = 0
    }
}
