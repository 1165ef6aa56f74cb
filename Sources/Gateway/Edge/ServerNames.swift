/// Which certificate is shown for the name that a client asks for (RFC 6066, section 3).
struct ServerNames: Hashable, Sendable {
    private var exact: [String: Int] = [:]
    /// By what follows `*.`: the label in its place is any, and one alone (RFC 9525, section 6.3).
    private var wildcards: [String: Int] = [:]

    /// - Parameter names: those of each certificate, lower-case; of two that have the same one, the first has it.
    init(_ names: [[String]]) {
        for (place, names) in names.enumerated() {
            for name in names {
                if name.hasPrefix("*.") {
                    let rest = String(name.dropFirst(2))
                    wildcards[rest] = wildcards[rest] ?? place
                } else {
                    exact[name] = exact[name] ?? place
                }
            }
        }
    }

    /// - Parameter name: as the client has sent it; nil when it has sent none.
    /// - Returns: the certificate's place; 0 where no name fits.
    func certificate(for name: String?) -> Int {
        guard var name = name?.lowercased() else { return 0 }
        // A name that ends in the root's dot is the same.
        if name.hasSuffix(".") { name.removeLast() }
        if let place = exact[name] { return place }
        guard let dot = name.firstIndex(of: "."), dot != name.startIndex else { return 0 }
        return wildcards[String(name[name.index(after: dot)...])] ?? 0
    }

    /// Whether the text can stand in a list of names: `api.example.com`, or `*.` before such a name.
    static func isName(_ text: String) -> Bool {
        let name = text.hasPrefix("*.") ? text.dropFirst(2) : text[...]
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return name.utf8.count <= 253 && (labels.count > 1 || !text.hasPrefix("*."))
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.utf8.allSatisfy { byte in
                        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
                            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                    }
            }
    }
}
