import JSONSlices

extension StaticType {
    /// A member of an object.
    public struct Member: Hashable, Sendable {
        public var name: String
        /// Of the member where it is there.
        public var type: StaticType
        /// Whether the object can lack it.
        public var isOptional: Bool

        public init(name: String, type: StaticType, isOptional: Bool = false) {
            self.name = name
            self.type = type
            self.isOptional = isOptional
        }
    }

    /// What an object has in it, when the value is one.
    struct ObjectContent: Sendable {
        /// What is known of members that are not among ``members``.
        enum Rest: Sendable {
            case unknown
            /// There are none.
            case none
            /// None was seen in any example.
            case unseen
        }

        /// What a name stands for: of a member that can be missing null is one of the types.
        private(set) var members: [JSONKey: StaticType] = [:]
        /// Of the members that can be missing: what they are where they are there.
        private var optional: [JSONKey: StaticType] = [:]
        /// The names of the members in the order in which they were first met.
        private(set) var names: [JSONKey] = []
        let rest: Rest

        static let unknown = ObjectContent([], rest: .unknown)

        /// Whether it has no other members.
        var isClosed: Bool { rest == .none }

        /// - Parameter cause: when a member is missing; the name stands behind it.
        init(_ members: [Member], rest: Rest, missingWhen cause: String? = nil) {
            self.rest = rest
            for member in members {
                set(
                    JSONKey(member.name),
                    member.type,
                    isOptional: member.isOptional,
                    cause: cause.map { "\($0) '\(member.name)'" }
                )
            }
        }

        private mutating func set(_ key: JSONKey, _ type: StaticType, isOptional: Bool, cause: String?) {
            if members[key] == nil { names.append(key) }
            optional[key] = isOptional ? type : nil
            members[key] = isOptional ? cause.map { type.orNull(when: $0) } ?? type.orPerhapsNull : type
        }

        /// The members that are known, in the order in which they were first met.
        var list: [Member] {
            names.compactMap { key in
                presentType(key).map { Member(name: key.string, type: $0, isOptional: optional[key] != nil) }
            }
        }

        func isOptional(_ key: JSONKey) -> Bool { optional[key] != nil }

        /// The type of a member where it is there; nil for one that is not known.
        func presentType(_ key: JSONKey) -> StaticType? { optional[key] ?? members[key] }

        /// That of one of two objects.
        func union(_ other: Self) -> Self {
            var union = Self([], rest: rest.union(other.rest))
            for key in names + other.names.filter({ members[$0] == nil }) {
                switch (members[key], other.members[key]) {
                case (let mine?, let others?):
                    union.names.append(key)
                    union.members[key] = mine.or(others)
                    guard isOptional(key) || other.isOptional(key) else { continue }
                    union.optional[key] = (presentType(key) ?? mine).or(other.presentType(key) ?? others)
                case (let type?, nil) where other.rest != .unknown, (nil, let type?) where rest != .unknown:
                    union.names.append(key)
                    union.members[key] = type.orNull(when: "the object has no '\(key.string)'")
                    union.optional[key] = presentType(key) ?? other.presentType(key) ?? type
                default:
                    continue
                }
            }
            return union
        }

        /// The members of both, where those of the later one win; nil where nothing can be said.
        func merged(with later: Self) -> Self? {
            guard later.rest != .unknown else { return nil }
            var merged = self
            if rest == .none, later.rest == .unseen { merged = Self(list, rest: .unseen) }
            for key in later.names {
                guard let type = later.members[key] else { continue }
                guard later.isOptional(key) else {
                    merged.set(key, type, isOptional: false, cause: nil)
                    continue
                }
                let present = later.presentType(key) ?? type
                if let mine = members[key] {
                    merged.members[key] = mine.or(isOptional(key) ? type : present)
                    if isOptional(key) { merged.optional[key] = (presentType(key) ?? mine).or(present) }
                } else if rest == .unknown {
                    merged.set(key, .unknown, isOptional: false, cause: nil)
                } else {
                    merged.names.append(key)
                    merged.members[key] = type
                    merged.optional[key] = present
                }
            }
            return merged
        }

        /// The members as `change` makes them; one is left out where that gives nil.
        func mapped(_ change: (Member) -> Member?) -> Self {
            var mapped: [Member] = []
            var places: [JSONKey: Int] = [:]
            for member in list.compactMap(change) {
                guard let place = places[JSONKey(member.name)] else {
                    places[JSONKey(member.name)] = mapped.count
                    mapped.append(member)
                    continue
                }
                // Which of the two is there depends on the object.
                mapped[place].type = mapped[place].type.or(member.type)
                mapped[place].isOptional = mapped[place].isOptional && member.isOptional
            }
            return Self(mapped, rest: rest)
        }
    }
}

extension StaticType.ObjectContent: Hashable {
    /// The order of members says nothing.
    static func == (left: Self, right: Self) -> Bool {
        left.members == right.members && left.optional == right.optional && left.rest == right.rest
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(members)
        hasher.combine(rest)
    }
}

extension StaticType.ObjectContent.Rest {
    fileprivate func union(_ other: Self) -> Self {
        if self == .unknown || other == .unknown { return .unknown }
        return self == .unseen ? self : other
    }
}
