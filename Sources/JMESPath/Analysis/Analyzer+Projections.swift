import JSONSlices

/// Projections give lists without null, or null for what cannot be projected.
extension Analyzer {
    mutating func listProjection(_ value: StaticType, _ right: Node) -> StaticType {
        projection(of: value, .array, element: value.anyElement, right)
    }

    mutating func objectProjection(_ value: StaticType, _ right: Node) -> StaticType {
        projection(of: value, .object, element: value.anyMember, right)
    }

    mutating func flattenProjection(_ value: StaticType, _ right: Node) -> StaticType {
        let element = value.anyElement
        let rest = element.only(.any.subtracting(.array))
        return projection(of: value, .array, element: rest.or(element.anyElement), right)
    }

    mutating func filterProjection(_ value: StaticType, _ condition: Node, _ right: Node) -> StaticType {
        let element = value.anyElement
        _ = onto(element, condition)
        return projection(of: value, .array, element: element, right, where: condition)
    }

    /// A slice of a string is a string, and what follows is applied to it as a whole.
    mutating func sliceProjection(_ value: StaticType, _ right: Node) -> StaticType {
        guard value.types.contains(.string) else {
            return projection(of: value, .array, element: value.anyElement, right)
        }
        guard value.types.contains(.array) else {
            return onto(StaticType(.string), right).orNull(whereNull: value)
        }
        let result = onto(value.anyElement.or(StaticType(.string)), right)
        return StaticType.list(of: result.withoutNull).or(result).orNull(whereNull: value).orPerhapsNull
    }

    private mutating func projection(
        of value: StaticType,
        _ container: ValueTypes,
        element: StaticType,
        _ right: Node,
        where condition: Node? = nil
    ) -> StaticType {
        let result = onto(element, right, where: condition)
        guard value.types.contains(container) else {
            return value.types.isEmpty ? .never : .null.orNull(whereNull: value)
        }
        let list = StaticType.list(of: result.withoutNull).orNull(whereNull: value)
        return value.types.subtracting([container, .null]).isEmpty ? list : list.orPerhapsNull
    }
}
