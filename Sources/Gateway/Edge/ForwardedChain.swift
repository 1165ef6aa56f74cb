/// Who a request comes from, as proxies that are trusted tell it. A pure function of the peer and one kind of field.
///
/// Proxies append: what the nearest one has seen stands last. So the field is read from its end towards its beginning, and
/// the first address that is none of the trusted is the client. Whatever stands before it was sent by that client, who may
/// write anything, and is not looked at.
struct ForwardedChain: Hashable, Sendable {
    /// The field that is read. Never both: a proxy that writes the one passes the other on as the client has sent it.
    enum Field: String, CaseIterable, Sendable {
        case xForwardedFor = "X-Forwarded-For"
        /// RFC 7239.
        case forwarded = "Forwarded"
    }

    /// What was found.
    struct Client: Hashable, Sendable {
        var address: IPAddress
        /// Whether its connection to the outermost trusted proxy was encrypted; nil where none says so.
        var isSecure: Bool?
    }

    let trusted: AddressList
    let field: Field

    /// - Parameters:
    ///   - peer: the other end of the connection.
    ///   - values: those of all lines of the field `name`, in the order received.
    func client(peer: IPAddress, values: (_ name: String) -> [String]) -> Client {
        guard trusted.contains(peer) else { return Client(address: peer) }
        switch field {
        case .forwarded: return forwarded(peer: peer, values("forwarded"))
        case .xForwardedFor: return xForwardedFor(peer: peer, values("x-forwarded-for"), values("x-forwarded-proto"))
        }
    }

    // MARK: X-Forwarded-For

    private func xForwardedFor(peer: IPAddress, _ lines: [String], _ protocols: [String]) -> Client {
        var client = Client(address: peer)
        /// How many members were read, counted from the end.
        var hops = 0
        for member in MembersFromEnd(lines, quotes: false) {
            guard let address = Self.address(member) else { break }
            client.address = address
            hops += 1
            guard trusted.contains(address) else { break }
        }
        let told = Array(MembersFromEnd(protocols, quotes: false))
        // One member per hop where every proxy appends; else what the nearest one says.
        let member = hops > 1 && told.count >= hops ? told[hops - 1] : told.first
        client.isSecure = member.flatMap(Self.isSecure)
        return client
    }

    // MARK: Forwarded

    private func forwarded(peer: IPAddress, _ lines: [String]) -> Client {
        var client = Client(address: peer)
        for element in MembersFromEnd(lines, quotes: true) {
            guard let pairs = ForwardedElement(element), let node = pairs.node, let address = Self.address(node) else {
                break
            }
            client = Client(address: address, isSecure: pairs.proto.flatMap(Self.isSecure) ?? client.isSecure)
            guard trusted.contains(address) else { break }
        }
        return client
    }

    // MARK: Members

    /// An address, perhaps with a port: `192.0.2.1:80`, `[2001:db8::1]:80`, `[2001:db8::1]`; `X-Forwarded-For` has IPv6
    /// without brackets, too. Nil for `unknown`, for an obfuscated identifier (RFC 7239, section 6.3), and for anything
    /// else.
    static func address(_ node: ArraySlice<UInt8>) -> IPAddress? {
        if node.first == UInt8(ascii: "[") {
            guard let end = node.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let (inside, behind) = (node[node.startIndex + 1..<end], node[(end + 1)...])
            guard inside.contains(UInt8(ascii: ":")), behind.isEmpty || isPort(behind) else { return nil }
            return IPAddress(bytes: inside)
        }
        if let address = IPAddress(bytes: node) { return address }
        guard let colon = node.firstIndex(of: UInt8(ascii: ":")), isPort(node[colon...]) else { return nil }
        return IPAddress(bytes: node[..<colon])
    }

    /// `node-port` with its colon: up to five digits, or an obfuscated one.
    private static func isPort(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: ":") else { return false }
        let port = text.dropFirst()
        if port.first == UInt8(ascii: "_") { return port.count > 1 && port.allSatisfy(isObfuscatedByte) }
        return (1...5).contains(port.count) && port.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isObfuscatedByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
            || [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(byte)
    }

    private static func isSecure(_ scheme: ArraySlice<UInt8>) -> Bool? {
        switch String(decoding: scheme, as: UTF8.self).lowercased() {
        case "https", "wss": true
        case "http", "ws": false
        default: nil
        }
    }
}

/// One `forwarded-element` (RFC 7239, section 4).
struct ForwardedElement {
    private(set) var node: ArraySlice<UInt8>?
    private(set) var proto: ArraySlice<UInt8>?

    /// Nil when it is not by the grammar, or names something twice.
    init?(_ element: ArraySlice<UInt8>) {
        var rest = element
        while !rest.isEmpty {
            let pair = Self.upToSemicolon(rest)
            rest = rest[pair.endIndex...].dropFirst()
            let trimmed = pair.trimmedOfBlanks
            if trimmed.isEmpty { continue }
            guard let equals = trimmed.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let name = String(decoding: trimmed[..<equals], as: UTF8.self).lowercased()
            guard let value = Self.value(trimmed[(equals + 1)...]) else { return nil }
            switch name {
            case "for":
                guard node == nil else { return nil }
                node = value
            case "proto":
                guard proto == nil else { return nil }
                proto = value
            case "": return nil
            default: break
            }
        }
    }

    private static func upToSemicolon(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var isQuoted = false
        return text.prefix { byte in
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            return isQuoted || byte != UInt8(ascii: ";")
        }
    }

    /// A token, or a quoted string without escapes: no node or scheme needs any.
    private static func value(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard text.first == UInt8(ascii: "\"") else {
            return text.isEmpty || text.contains { $0 == UInt8(ascii: "\"") || $0 <= 0x20 } ? nil : text
        }
        guard text.count >= 2, text.last == UInt8(ascii: "\"") else { return nil }
        let inside = text.dropFirst().dropLast()
        return inside.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") } ? nil : inside
    }
}

/// The members of a list field, its last line's last member first; empty ones are left out (RFC 9110, section 5.6.1.2).
///
/// Read from the end, so that nothing which a client has written in front, an open quote for instance, can change how
/// what the proxies have appended is read.
private struct MembersFromEnd: Sequence, IteratorProtocol {
    private var lines: [String]
    private var rest: ArraySlice<UInt8> = []
    private let quotes: Bool

    init(_ lines: [String], quotes: Bool) {
        self.lines = lines
        self.quotes = quotes
    }

    mutating func next() -> ArraySlice<UInt8>? {
        while true {
            if rest.isEmpty {
                guard let line = lines.popLast() else { return nil }
                rest = Array(line.utf8)[...]
            }
            let member = takeLast().trimmedOfBlanks
            if !member.isEmpty { return member }
        }
    }

    private mutating func takeLast() -> ArraySlice<UInt8> {
        var isQuoted = false
        var start = rest.endIndex
        while start > rest.startIndex {
            let byte = rest[start - 1]
            if quotes, byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: ","), !isQuoted { break }
            start -= 1
        }
        let member = rest[start...]
        rest = rest[..<start].dropLast()
        return member
    }
}

extension ArraySlice<UInt8> {
    /// Without the spaces and tabs around it.
    fileprivate var trimmedOfBlanks: ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let start = firstIndex { !isBlank($0) } ?? endIndex
        let end = lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        return self[start..<end]
    }
}
