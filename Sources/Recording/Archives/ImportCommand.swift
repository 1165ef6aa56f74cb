/// The command that imports an archive, to be copied into a shell. What the archive says comes from strangers.
public enum ImportCommand {
    /// - Parameter origins: as of ``HTTPArchive/origins``; each gets a backend.
    public static func text(file: String, origins: some Sequence<String>) -> String {
        var names: Set<String> = []
        let options = origins.map { origin in
            "--backend " + quoted("\(name(of: origin, besides: &names))=\(origin)")
        }
        return (["medley import har", quoted(file)] + options).joined(separator: " ")
    }

    /// A backend's name from the host: `api` for `https://api.example.com`.
    static func name(of origin: String, besides names: inout Set<String>) -> String {
        let host = origin.firstRange(of: "://").map { origin[$0.upperBound...] } ?? origin[...]
        let labels = host.prefix { $0 != ":" }.split(separator: ".").map(String.init)
        let isAddress = labels.allSatisfy { Int($0) != nil } || host.hasPrefix("[")
        let label = isAddress ? nil : labels.first { $0 != "www" }
        let first = label.flatMap { isPlain($0) ? $0 : nil } ?? "backend"
        var name = first
        var number = 2
        while !names.insert(name).inserted {
            name = "\(first)\(number)"
            number += 1
        }
        return name
    }

    /// Letters, digits, `-` and `_`, the first a letter or a digit: a folder's name that is no option.
    private static func isPlain(_ label: String) -> Bool {
        guard let first = label.utf8.first, isLetterOrDigit(first) else { return false }
        return label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    /// One word of a POSIX shell's command line.
    public static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            isLetterOrDigit(byte) || Self.punctuation.contains(byte)
        }
        guard !isPlain || text.isEmpty || text.hasPrefix("=") else { return text }
        return "'" + text.replacing("'", with: "'\\''") + "'"
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// What no shell gives a meaning within a word.
    private static let punctuation = Array("./_-:=,+%@".utf8)
}
