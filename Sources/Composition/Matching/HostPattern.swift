/// A host that an endpoint is for, as `match.host` states it: a name, or `*.` before one.
public enum HostPattern: Hashable, Sendable, CustomStringConvertible {
    /// In lower case, without a port; an IPv6 address stands in brackets.
    case exact(String)
    /// All names with one label or more before this one, but not this one itself.
    case below(String)

    /// Why a text is no host; the help, where there is one.
    struct Failure: Error, Equatable {
        var message: String
        var help: String?
    }

    init(parsing text: String) throws(Failure) {
        let lowered = text.lowercased()
        let isWildcard = lowered.hasPrefix("*.")
        let name = isWildcard ? String(lowered.dropFirst(2)) : lowered
        if name.contains("*") {
            throw Failure(message: "a '*' stands only for whole labels at the beginning", help: "\"*.example.com\"")
        }
        if name.hasPrefix("["), name.hasSuffix("]"), !isWildcard {
            guard name.utf8.dropFirst().dropLast().allSatisfy(Self.isAddressByte) else {
                throw Failure(message: "'\(text)' is no address", help: "\"[2001:db8::1]\"")
            }
            self = .exact(name)
            return
        }
        if let colon = name.lastIndex(of: ":") {
            throw Failure(
                message: "a host is compared without its port",
                help: "\"\(isWildcard ? "*." : "")\(name[..<colon])\""
            )
        }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 63 && $0.utf8.allSatisfy(Self.isLabelByte) }),
            name.utf8.count <= 253
        else {
            throw Failure(
                message: "'\(text)' is no host name",
                help: "letters, digits and hyphens between dots; other letters in their ASCII form, xn--…"
            )
        }
        self = isWildcard ? .below(name) : .exact(name)
    }

    /// Whether a request for this host is meant.
    ///
    /// - Parameter host: as ``normalized(_:)`` gives it.
    func matches(_ host: String) -> Bool {
        switch self {
        case .exact(let name):
            return host == name
        case .below(let name):
            let (whole, end) = (host.utf8, name.utf8)
            guard whole.count > end.count + 1, whole.suffix(end.count).elementsEqual(end) else { return false }
            return whole.dropLast(end.count).last == UInt8(ascii: ".")
        }
    }

    /// A name before a wildcard, a long wildcard before a short one.
    var rank: Int {
        switch self {
        case .exact: Int.max
        case .below(let name): 1 + name.utf8.count
        }
    }

    public var description: String {
        switch self {
        case .exact(let name): name
        case .below(let name): "*." + name
        }
    }

    /// The host of a request's authority as it is compared: in lower case, without the port, and without the dot of a
    /// fully qualified name (RFC 9110, section 4.2.3; RFC 3986, section 3.2.2).
    public static func normalized(_ authority: String) -> String {
        var name = authority.lowercased()[...]
        if let bracket = name.lastIndex(of: "]") {
            name = name[...bracket]
        } else if let colon = name.lastIndex(of: ":") {
            name = name[..<colon]
        }
        if name.hasSuffix(".") { name = name.dropLast() }
        return String(name)
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        Names.isLetter(byte) || Names.isDigit(byte) || byte == UInt8(ascii: "-")
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        Names.isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }
}
