import JSONSlices

extension StaticType {
    /// A value that is of one of the two types.
    public func or(_ other: StaticType) -> StaticType {
        let array: ArrayContent =
            switch (types.contains(.array), other.types.contains(.array)) {
            case (true, true): self.array.union(other.array)
            case (true, false): self.array
            default: other.array
            }
        let object: ObjectContent =
            switch (types.contains(.object), other.types.contains(.object)) {
            case (true, true): self.object.union(other.object)
            case (true, false): self.object
            default: other.object
            }
        let hasFractions =
            types.contains(.number) && !isInteger || other.types.contains(.number) && !other.isInteger
        return StaticType(
            types.union(other.types),
            nullCause: nullCause ?? other.nullCause,
            isInteger: !hasFractions,
            array: array,
            object: object
        )
    }

    /// What is left when the value is one of these types.
    func only(_ remaining: ValueTypes) -> StaticType {
        with(types.intersection(remaining), nullCause: nullCause)
    }

    /// What is left when the value is not null.
    public var withoutNull: StaticType {
        only(.any.subtracting(.null))
    }

    /// What is left when the value counts as false: a number never does.
    var whenFalse: StaticType {
        StaticType(types.subtracting(.number), nullCause: nullCause)
    }

    /// This, or null, which is not said to happen.
    public var orPerhapsNull: StaticType {
        with(types.union(.null), nullCause: nullCause)
    }

    /// This, or null where the other value is null.
    public func orNull(whereNull other: StaticType) -> StaticType {
        guard other.types.contains(.null) else { return self }
        return other.nullCause.map { orNull(when: $0) } ?? orPerhapsNull
    }

    /// Objects put together: the later one's members win.
    public func merged(with later: StaticType) -> StaticType {
        StaticType(.object, nullCause: nil, object: object.merged(with: later.object) ?? .unknown)
    }

    /// The type with what is in it changed: each member, which is left out where that gives nil, and the elements.
    public func mapped(
        member change: (Member) -> Member?,
        element changeElement: (StaticType) -> StaticType
    ) -> StaticType {
        let elements: ArrayContent =
            switch array {
            case .unknown: .unknown
            case .list(let element): .list(changeElement(element))
            case .tuple(let elements): .tuple(elements.map(changeElement))
            }
        return StaticType(
            types,
            nullCause: nullCause,
            isInteger: isInteger,
            array: elements,
            object: object.mapped(change)
        )
    }

    // MARK: What is in it

    /// The members that are known of the objects that the value can be, in the order in which they were first met.
    public var members: [Member] { object.list }

    /// How many elements the arrays that the value can be have; nil where that is not known.
    public var elementCount: Int? {
        if case .tuple(let elements) = array { elements.count } else { nil }
    }

    /// `value.key`: null where the value is no object.
    func member(_ key: JSONKey) -> StaticType {
        var result = StaticType.never
        if types.contains(.object) {
            result = object.members[key] ?? (object.isClosed ? .null : .unknown)
        }
        result = result.orNull(whereNull: self)
        return types.subtracting([.object, .null]).isEmpty ? result : result.orPerhapsNull
    }

    /// `value[index]`: null where the value is no array.
    func element(at index: Int) -> StaticType {
        var result = StaticType.never
        if types.contains(.array) {
            switch array {
            case .unknown: result = .unknown
            case .list(let element): result = element.orPerhapsNull
            case .tuple(let elements):
                let place = index < 0 ? elements.count + index : index
                result = elements.indices.contains(place) ? elements[place] : .null
            }
        }
        result = result.orNull(whereNull: self)
        return types.subtracting([.array, .null]).isEmpty ? result : result.orPerhapsNull
    }

    /// Any element of the arrays that the value can be.
    public var anyElement: StaticType {
        guard types.contains(.array) else { return .never }
        return array.element
    }

    /// Any member of the objects that the value can be.
    var anyMember: StaticType {
        guard types.contains(.object) else { return .never }
        return object.rest == .unknown ? .unknown : object.members.values.reduce(.never) { $0.or($1) }
    }
}

extension StaticType.ArrayContent {
    var element: StaticType {
        switch self {
        case .unknown: .unknown
        case .list(let element): element
        case .tuple(let elements): elements.reduce(.never) { $0.or($1) }
        }
    }

    fileprivate func union(_ other: Self) -> Self {
        if self == other { return self }
        if case .unknown = self { return .unknown }
        if case .unknown = other { return .unknown }
        return .list(element.or(other.element))
    }
}
