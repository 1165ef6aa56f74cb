import JMESPath
import JSONSlices

/// What templates and expressions come to.
extension SlotTypes {
    /// The type of what a template stands for.
    func type(of template: JSONTemplate, _ part: ExpressionUse.Part, in call: Int?) -> StaticType {
        switch template {
        case .constant(let slice): StaticType(of: .slice(slice))
        case .text(let text, _): type(of: text, part, in: call)
        case .array(let elements): .tuple(elements.map { type(of: $0, part, in: call) })
        case .object(let members): .object(members.map { member($0, part, in: call) })
        case .merged(let object):
            object.parts.reduce(.object([])) { merged, piece in
                switch piece {
                case .member(let member): merged.merged(with: .object([self.member(member, part, in: call)]))
                case .spread(let expression, _): merged.merged(withSpread: type(of: expression, part, in: call))
                }
            }
        }
    }

    private func member(
        _ member: JSONTemplate.Member,
        _ part: ExpressionUse.Part,
        in call: Int?
    ) -> StaticType.Member {
        let type = type(of: member.value, part, in: call)
        guard member.isOptional else { return StaticType.Member(name: member.key, type: type) }
        let isOptional = type.types.contains(.null)
        return StaticType.Member(name: member.key, type: type.withoutNull, isOptional: isOptional)
    }

    /// One expression is a value of any type; with text around it, it is a text, and null where one of them is.
    private func type(of text: TextTemplate, _ part: ExpressionUse.Part, in call: Int?) -> StaticType {
        if let single = text.single { return type(of: single, part, in: call) }
        let isNull = text.expressions.contains { type(of: $0, part, in: call).types.contains(.null) }
        return StaticType(isNull ? [.string, .null] : .string)
    }

    func type(of expression: PlacedExpression, _ part: ExpressionUse.Part, in call: Int?) -> StaticType {
        let use = ExpressionUse(expression: expression, part: part, call: call)
        return expression.expression.analysis(slots: { type(of: $0, in: use) }, root: rootType(of: use)).type
    }
}

extension StaticType {
    /// As ``merged(with:)``, where null stands for an object without members.
    fileprivate func merged(withSpread spread: StaticType) -> StaticType {
        let merged = merged(with: spread)
        return spread.types.contains(.null) ? self.or(merged) : merged
    }

    /// The type without the members that `omit` takes away.
    func omitting(_ omit: OmitPaths) -> StaticType { omitting(omit.paths.map { $0[...] }) }

    private func omitting(_ paths: [ArraySlice<OmitPaths.Step>]) -> StaticType {
        guard !paths.isEmpty else { return self }
        return mapped { member in
            let (rest, isOmitted) = OmitPaths.advance(paths) { $0 == .member(member.name) || $0 == .anyMember }
            guard !isOmitted else { return nil }
            return Member(name: member.name, type: member.type.omitting(rest), isOptional: member.isOptional)
        } element: { element in
            element.omitting(OmitPaths.advance(paths) { $0 == .anyElement }.rest)
        }
    }
}
