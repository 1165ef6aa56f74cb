extension FrontReply {
    /// Whether there is a field of that lower-case name.
    func has(_ name: StaticString) -> Bool {
        headers.contains { $0.0.equalsASCII(name) }
    }

    /// The value of the first field of that lower-case name.
    func value(of name: StaticString) -> String? {
        headers.first { $0.0.equalsASCII(name) }?.1
    }

    /// Says that the reply depends on a field of the request (RFC 9110, section 12.5.5), unless it says so already.
    mutating func addVary(_ field: String) {
        for (name, value) in headers where name.equalsASCII("vary") {
            for member in value.split(separator: ",") {
                let member = member.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
                if member == "*" || member.lowercased() == field.lowercased() { return }
            }
        }
        headers.append(("Vary", field))
    }
}
