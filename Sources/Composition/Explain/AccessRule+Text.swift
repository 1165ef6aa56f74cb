import JMESPath
import JSONSlices

extension AccessRule {
    /// `users or partners, where contains(roles, 'admin')`.
    var sketch: String {
        var names = policies.map(\.name)
        if allowsAnonymous { names.append(names.isEmpty ? "everybody" : Self.anonymous) }
        let condition = require.map { ", where \($0.source)" } ?? ""
        return names.joined(separator: " or ") + condition
    }

    /// `{"policies": [name], "anonymous", "require"}`.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("policies")
            writer.write(.array(policies.map { .string($0.name) }))
            writer.key("anonymous")
            writer.write(.bool(allowsAnonymous))
            writer.member("require", require?.source)
        }
    }
}
