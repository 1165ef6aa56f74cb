import CurlTransport
import JSONSlices

extension HeaderSection {
    /// What an expression reads of a backend's answer: the fields of that name as one list (RFC 9110, section 5.3),
    /// those of `set-cookie` each for itself, since commas are part of them. Null where there is none.
    ///
    /// A field that `Connection` names was for this connection alone (section 7.6.1): it is not there.
    func endToEndValue(of name: String) -> JSONValue {
        let found = values(of: name)
        guard !found.isEmpty, !ConnectionOptions(values(of: "connection")).name(name) else { return .null }
        return name == "set-cookie" ? .array(found.map(JSONValue.string)) : .string(found.joined(separator: ", "))
    }
}

/// The options of a message's `Connection` fields (RFC 9110, section 7.6.1).
struct ConnectionOptions {
    private let fields: [String]

    init(_ fields: [String]) {
        self.fields = fields
    }

    /// Whether they name the field, which then ends at this hop.
    func name(_ field: String) -> Bool {
        fields.contains { value in
            value.split(separator: ",").contains { HeaderValidation.equal(String($0.trimmingSpace), field) }
        }
    }
}
