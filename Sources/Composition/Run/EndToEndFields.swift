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
    /// In small letters.
    private let options: Set<String>

    init(_ fields: [String]) {
        var options: Set<String> = []
        for field in fields {
            for option in field.utf8.split(separator: UInt8(ascii: ",")) {
                options.insert(String(Substring(option).trimmingSpace).lowercased())
            }
        }
        self.options = options
    }

    /// Whether they name the field, which then ends at this hop.
    func name(_ field: String) -> Bool {
        !options.isEmpty && options.contains(field.lowercased())
    }
}
