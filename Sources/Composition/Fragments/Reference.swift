/// The text of a `$ref`: a path relative to the file it stands in, and a JSON Pointer after `#` (RFC 6901, section 6).
struct Reference {
    /// Why a text is no reference.
    struct Failure: Error {
        var message: String
        var help: String?
    }

    static let example = "for instance \"_shared/user.json#/calls/user\""

    /// Empty for the file that the reference stands in.
    let path: String
    let pointer: JSONPointer

    init(parsing text: String) throws(Failure) {
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let written = String(parts.first ?? "")
        guard !text.isEmpty else { throw Failure(message: "an empty reference", help: Self.example) }
        guard !written.contains("://"), !written.hasPrefix("/") else {
            throw Failure(
                message: "a reference names a file by its path relative to this one, not '\(written)'",
                help: Self.example
            )
        }
        guard let path = PercentDecoding.decode(written.utf8, plusIsSpace: false) else {
            throw Failure(message: "'\(written)' is no percent-encoded UTF-8", help: "write '%25' for a percent sign")
        }
        self.path = path
        pointer = try JSONPointer(parsing: parts.count > 1 ? String(parts[1]) : "")
    }

    /// The path that the reference names, relative to the directory; nil when it leads out of it.
    ///
    /// - Parameter base: the path of the file it stands in, relative to the directory.
    func target(from base: String) -> String? {
        guard !path.isEmpty else { return base }
        var components = base.split(separator: "/").dropLast().map(String.init)
        for component in path.split(separator: "/", omittingEmptySubsequences: false) {
            switch component {
            case ".", "": continue
            case "..": guard components.popLast() != nil else { return nil }
            default: components.append(String(component))
            }
        }
        return components.joined(separator: "/")
    }

    /// How a file of the directory is written in a reference that stands in another one.
    static func path(to target: String, from base: String) -> String {
        var folders = base.split(separator: "/").dropLast()[...]
        var steps = target.split(separator: "/")[...]
        while steps.count > 1, let folder = folders.first, folder == steps.first {
            folders.removeFirst()
            steps.removeFirst()
        }
        return (folders.map { _ in ".." } + steps.map(String.init)).joined(separator: "/")
    }
}
