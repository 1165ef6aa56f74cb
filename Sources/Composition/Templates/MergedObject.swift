import Diagnostics
import JMESPath
import JSONSlices

/// An object of a template that takes over the members of other objects: `{"...": "{user}", "greeting": "Hello"}`.
///
/// Of members with one name the later wins, at the place of the first. A member that is left out because it is null
/// replaces nothing.
struct MergedObject: Sendable {
    enum Part: Sendable {
        case member(JSONTemplate.Member)
        /// Yields the object whose members stand here, or null for none. The path is the place for a client's problem:
        /// `response.body["...address"]`.
        case spread(PlacedExpression, path: String)
    }

    let parts: [Part]

    var slots: [Int] {
        parts.flatMap { part in
            switch part {
            case .member(let member): member.value.slots
            case .spread(let expression, _): expression.expression.slots
            }
        }
    }

    func write(to writer: inout JSONWriter, in scope: borrowing RenderScope) throws(RenderFailure) {
        var members = MemberList()
        for part in parts {
            switch part {
            case .member(let member): try Self.add(member, to: &members, in: scope)
            case .spread(let expression, let path): try Self.spread(expression, path, to: &members, in: scope)
            }
        }
        writer.beginObject()
        for member in members.members {
            writer.key(member.name)
            switch member.content {
            case .value(let value): writer.write(value)
            case .template(let template): try template.write(to: &writer, in: scope)
            }
        }
        writer.endObject()
    }

    private static func add(
        _ member: JSONTemplate.Member,
        to members: inout MemberList,
        in scope: borrowing RenderScope
    ) throws(RenderFailure) {
        guard member.isOptional, case .text = member.value else {
            return members.set(member.key, .template(member.value))
        }
        let value = try member.value.rendered(in: scope)
        if !value.isNull { members.set(member.key, .value(value)) }
    }

    private static func spread(
        _ expression: PlacedExpression,
        _ path: String,
        to members: inout MemberList,
        in scope: borrowing RenderScope
    ) throws(RenderFailure) {
        let value: JSONValue
        do throws(RenderFailure) {
            value = try expression.evaluate(in: scope)
        } catch {
            throw error.within(path)
        }
        switch value {
        case .slice(let slice) where slice.kind == .object:
            for (key, value) in slice.members { members.set(key.string ?? "", .value(.slice(value))) }
        case .object(let object):
            for (key, value) in object.members { members.set(key, .value(value)) }
        case _ where value.isNull:
            return
        default:
            throw RenderFailure(
                reason: .expressionError,
                detail: "\(expression.place): '\(expression.expression.source)' is \(value.kind.article), "
                    + "and only an object has members to spread",
                member: path
            )
        }
    }
}

/// Members in the order of their first setting, each name once.
private struct MemberList {
    enum Content {
        case value(JSONValue)
        /// To be written as it is come to.
        case template(JSONTemplate)
    }

    private(set) var members: [(name: String, content: Content)] = []
    private var places: [ExactString: Int] = [:]

    mutating func set(_ name: String, _ content: Content) {
        if let place = places[ExactString(name)] {
            members[place].content = content
        } else {
            places[ExactString(name)] = members.count
            members.append((name, content))
        }
    }
}
