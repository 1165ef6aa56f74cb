import JSONSlices

extension Call {
    /// The type of the result.
    ///
    /// - Parameters:
    ///   - types: of the arguments; those that are expression references do not count.
    ///   - reference: what the expression behind `&` gives for an element.
    func result(_ types: [StaticType], _ reference: StaticType) -> StaticType {
        let general = StaticType(signature.result)
        let first = types.first ?? .never
        switch function {
        case .map: return .list(of: reference)
        case .sort, .sortBy: return .list(of: first.anyElement)
        case .reverse:
            let reversed = StaticType.list(of: first.anyElement)
            return first.types.contains(.array)
                ? (first.types.contains(.string) ? reversed.or(StaticType(.string)) : reversed) : StaticType(.string)
        case .max, .min, .maxBy, .minBy: return first.anyElement.orPerhapsNull
        case .keys, .split: return .list(of: StaticType(.string))
        case .values: return .list(of: first.anyMember)
        case .items: return .list(of: .tuple([StaticType(.string), first.anyMember]))
        case .merge: return types.dropFirst().reduce(first.only(.object)) { $0.merged(with: $1) }
        case .notNull: return notNull(types)
        case .toArray:
            let rest = first.only(.any.subtracting(.array))
            let list = first.only(.array)
            return rest.types.isEmpty ? list : list.types.isEmpty ? .tuple([rest]) : StaticType(.array)
        case .toNumber: return first.types == .number ? first : general
        case .length, .ceil, .floor: return .integer
        case .abs: return first.isInteger ? .integer : general
        case .sum: return first.anyElement.isInteger ? .integer : general
        case .findFirst, .findLast: return StaticType.integer.orPerhapsNull
        case .camelKeys: return first.renamed(KeyStyle.camel)
        case .snakeKeys: return first.renamed(KeyStyle.snake)
        case .range: return nullForNull(.list(of: .integer), types)
        case .indexBy: return nullForNull(StaticType(.object), types)
        case .slice:
            let list = first.types.contains(.array) ? StaticType.list(of: first.anyElement) : .never
            return nullForNull(list.or(StaticType(first.types.intersection(.string))), [first])
        case .bucket: return nullForNull(.integer, types)
        case .fromEpoch: return nullForNull(general.withoutNull, types)
        case .lookup, .toEpoch: return nullForNull(general, types)
        case .mergeDeep:
            return types.allSatisfy { $0.types.contains(.null) } ? nullForNull(general, types) : StaticType(.object)
        default: return general
        }
    }

    /// Medley's own functions give null for null.
    private func nullForNull(_ result: StaticType, _ types: [StaticType]) -> StaticType {
        types.reduce(result) { $0.orNull(whereNull: $1) }
    }

    /// Null only if every argument is.
    private func notNull(_ types: [StaticType]) -> StaticType {
        let values = types.reduce(StaticType.never) { $0.or($1.withoutNull) }
        guard types.allSatisfy({ $0.types.contains(.null) }) else { return values }
        let causes = types.compactMap(\.nullCause)
        return causes.count == types.count ? values.orNull(when: causes[0]) : values.orPerhapsNull
    }
}

extension StaticType {
    /// The type with the keys of all objects in it renamed.
    fileprivate func renamed(_ style: (String) -> String) -> StaticType {
        mapped { member in
            Member(name: style(member.name), type: member.type.renamed(style), isOptional: member.isOptional)
        } element: {
            $0.renamed(style)
        }
    }
}
