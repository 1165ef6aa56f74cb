public import Diagnostics
public import JMESPath
import JSONSlices

/// Who may use an endpoint: the policies of the settings that it names, any one of which is enough.
public struct AccessRule: Sendable {
    /// The name that stands for everybody.
    public static let anonymous = "anonymous"

    /// In the order of the file, `anonymous` not among them.
    public var policies: [(name: String, place: Diagnostic.Place)] = []
    /// Whether who shows no credential is let in, too.
    public var allowsAnonymous = false
    /// A condition over the claims, besides those of the policies.
    public var require: Expression?

    /// Whether it is asked who asks.
    public var isProtected: Bool { !policies.isEmpty }
}

/// Reads `access` of an endpoint: a name, a list of names, or an object with `policy` and `require`.
struct AccessReader {
    static let keys = ["policy", "require"]

    let file: SourceFile
    let diagnostics: DiagnosticList

    /// - Returns: nil where nothing is said, or it has an error.
    func read(_ holder: ObjectReader) -> AccessRule? {
        guard let slice = holder["access"] else { return nil }
        guard slice.kind == .object else { return names(slice, holder, "access") }
        guard let reader = holder.nested("access", known: Self.keys) else { return nil }
        guard let policy = reader["policy"] else {
            reader.missing("policy")
            return nil
        }
        guard var rule = names(policy, reader, "policy") else { return nil }
        rule.require = require(reader)
        if let place = reader["require"], rule.allowsAnonymous {
            diagnostics.error(
                "who is anonymous has no claims, so that 'require' would hold for nobody of them",
                in: file,
                at: place,
                help: "take 'anonymous' or 'require' away"
            )
        }
        return rule
    }

    private func names(_ slice: JSONSlice, _ holder: ObjectReader, _ key: String) -> AccessRule? {
        let elements = slice.kind == .array ? Array(slice.elements) : [slice]
        var rule = AccessRule()
        for element in elements {
            guard let name = element.string, !name.isEmpty else {
                return holder.mismatch(
                    key,
                    element,
                    wanted: "the name of an access policy of the settings, a list of them, or \"anonymous\""
                )
            }
            if name == AccessRule.anonymous {
                rule.allowsAnonymous = true
            } else if rule.policies.contains(where: { $0.name == name }) {
                diagnostics.error("the policy '\(name)' stands twice", in: file, at: element, help: "keep one")
            } else {
                rule.policies.append((name, Diagnostic.Place(file: file, range: element.byteRange)))
            }
        }
        guard !elements.isEmpty else {
            return holder.mismatch(key, slice, wanted: "at least one name; \"anonymous\" lets everybody in")
        }
        return rule
    }

    private func require(_ reader: ObjectReader) -> Expression? {
        guard let text = reader.string("require"), let slice = reader["require"] else { return nil }
        do throws(ExpressionError) {
            let expression = try Expression.parse(text)
            for name in ["request", "claims"] where expression.rootMembers?.contains(name) == true {
                diagnostics.add(
                    Diagnostic(
                        .warning,
                        "'require' looks at the claims, among which '\(name)' is hardly one",
                        at: .init(file: file, range: slice.byteRange),
                        help: "name the claims themselves: plan == 'gold', not request.claims.plan == 'gold'"
                    )
                )
            }
            return expression
        } catch {
            let start = file.offset(ofDecoded: error.range.lowerBound, in: slice)
            let end = file.offset(ofDecoded: error.range.upperBound, in: slice)
            diagnostics.error(error.message, in: file, at: start..<max(start, end), help: error.fix)
            return nil
        }
    }
}
