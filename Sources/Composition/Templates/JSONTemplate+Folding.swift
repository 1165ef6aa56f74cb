import JSONSlices

extension JSONTemplate {
    /// An array; a constant when its elements are.
    static func folded(elements: [JSONTemplate]) -> JSONTemplate {
        guard elements.allSatisfy(\.isConstant) else { return .array(elements) }
        return .array(elements).constant ?? .array(elements)
    }

    /// An object; what can be known before any request is worked out: members that replace others, those that are null
    /// and so left out, and constants.
    static func folded(parts: [MergedObject.Part]) -> JSONTemplate {
        let parts = parts.compactMap(\.settled)
        guard let members = members(of: parts) else { return .merged(MergedObject(parts: parts)) }
        guard members.allSatisfy({ $0.value.isConstant }) else { return .object(members) }
        return .object(members).constant ?? .object(members)
    }

    /// The members of an object, each name once; nil when that is not known yet.
    private static func members(of parts: [MergedObject.Part]) -> [Member]? {
        var members: [Member] = []
        var places: [ExactString: Int] = [:]
        for part in parts {
            guard case .member(let member) = part else { return nil }
            guard let place = places[ExactString(member.key)] else {
                places[ExactString(member.key)] = members.count
                members.append(member)
                continue
            }
            // Which of the two there is depends on which one is null.
            if member.isOptional || members[place].isOptional { return nil }
            members[place] = member
        }
        return members
    }

    /// The value of a template without expressions, as a document of its own.
    private var constant: JSONTemplate? {
        var writer = JSONWriter()
        do {
            try write(to: &writer, in: RenderScope(slots: []))
            return .constant(try JSONDocument(parsing: writer.finish()).root)
        } catch {
            return nil
        }
    }
}

extension MergedObject.Part {
    /// The part without a `?` that says nothing; nil for a member that is always left out.
    fileprivate var settled: MergedObject.Part? {
        guard case .member(let member) = self, member.isOptional else { return self }
        switch member.value {
        case .text: return self
        case .constant(let slice) where slice.kind == .null: return nil
        case .constant, .array, .object, .merged:
            return .member(.init(key: member.key, isOptional: false, value: member.value))
        }
    }
}
