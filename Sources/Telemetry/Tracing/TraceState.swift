/// The field `tracestate` (W3C Trace Context, section 3.3): passed on as it came, unless it is not what it should be.
enum TraceState {
    /// More are not to be passed on (section 3.3.1.1).
    static let maximumMembers = 32
    /// All that a request may bring. The least that must be passed on is 512 characters (section 3.3.1.5).
    static let maximumLength = 8192

    /// Several fields as one, as their list's members in order; nil when the whole is to be left out: one member cannot be
    /// read, a key stands twice, or there are too many.
    static func combined(_ fields: [String]) -> String? {
        guard !fields.isEmpty, fields.reduce(0, { $0 + $1.utf8.count }) <= maximumLength else { return nil }
        var keys: Set<ArraySlice<UInt8>> = []
        var members: [ArraySlice<UInt8>] = []
        for field in fields {
            for part in Array(field.utf8).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
                let member = trimmed(part)
                if member.isEmpty { continue }
                guard let equals = member.firstIndex(of: UInt8(ascii: "=")), isKey(member[..<equals]),
                    isValue(member[(equals + 1)...]), keys.insert(member[..<equals]).inserted
                else { return nil }
                members.append(member)
            }
        }
        guard !members.isEmpty, members.count <= maximumMembers else { return nil }
        return String(decoding: Array(members.joined(separator: [UInt8(ascii: ",")])), as: UTF8.self)
    }

    /// Without the optional white space around it.
    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var bytes = bytes.drop(while: isSpace)
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return bytes
    }

    /// Level 2, section 3.3.1.3.1, which takes what level 1 takes and more: a lower-case letter or a digit, then up to 255
    /// of those and `_ - * / @`.
    private static func isKey(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard (1...256).contains(bytes.count), let first = bytes.first, isAlphanumeric(first) else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || "_-*/@".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Up to 256 printable ASCII characters without `,` and `=`, the last no space (section 3.3.1.3.2).
    private static func isValue(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard (1...256).contains(bytes.count), bytes.last != 0x20 else { return false }
        return bytes.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=") }
    }
}
