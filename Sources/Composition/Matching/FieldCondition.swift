/// What an endpoint asks of one field of a request's head or query.
public struct FieldCondition: Hashable, Sendable {
    public enum Test: Hashable, Sendable {
        case equals(String)
        case prefix(String)
        case present
        case absent
    }

    /// A header's in lower case.
    public let name: String
    public let test: Test

    /// - Parameter values: of all the fields of that name; each has to pass.
    func holds(_ values: [String]) -> Bool {
        switch test {
        case .absent: values.isEmpty
        case .present: !values.isEmpty
        case .equals(let text): !values.isEmpty && values.allSatisfy { $0.utf8.elementsEqual(text.utf8) }
        case .prefix(let text): !values.isEmpty && values.allSatisfy { $0.utf8.starts(with: text.utf8) }
        }
    }

    /// Whether one request can meet both.
    func isCompatible(with other: FieldCondition) -> Bool {
        guard name == other.name else { return true }
        switch (test, other.test) {
        case (.absent, .absent): return true
        case (.absent, _), (_, .absent): return false
        case (.equals(let one), .equals(let two)): return one.utf8.elementsEqual(two.utf8)
        case (.equals(let text), .prefix(let start)), (.prefix(let start), .equals(let text)):
            return text.utf8.starts(with: start.utf8)
        case (.prefix(let one), .prefix(let two)):
            return one.utf8.starts(with: two.utf8) || two.utf8.starts(with: one.utf8)
        case (.present, _), (_, .present): return true
        }
    }

    var sketch: String {
        switch test {
        case .equals(let text): "\(name)=\(text)"
        case .prefix(let text): "\(name)=\(text)…"
        case .present: name
        case .absent: "no \(name)"
        }
    }
}
