import CurlTransport
import Diagnostics
import JSONSlices

/// A header whose value is a template: null drops it.
struct HeaderTemplate: Sendable {
    let name: String
    let value: TextTemplate

    /// The values that the header has: one, none for null, and for a list one each where `lists` allows it, which is in
    /// a reply. There a `Set-Cookie` that an expression yields is made the gateway's own.
    func values(in scope: borrowing RenderScope, lists: Bool) throws(RenderFailure) -> [String] {
        if let constant = value.constant { return [constant] }
        var values: [String] = []
        if lists, let single = value.single {
            let isSetCookie = HeaderValidation.equal(name, "set-cookie")
            let rendered = try single.evaluate(in: scope)
            for element in rendered.arrayElements ?? [rendered] {
                guard let text = try single.scalarText(of: element) else { continue }
                values.append(isSetCookie ? SetCookie.withoutDomain(text) : text)
            }
        } else if let text = try value.text(in: scope) {
            values.append(text)
        }
        for value in values where !HeaderValidation.isValue(value) {
            throw RenderFailure(
                reason: .expressionError,
                detail: "the value of the header '\(name)' holds a control character"
            )
        }
        return values
    }
}
