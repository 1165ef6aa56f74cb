/// One finding about a file, for the person who wrote it: where, what was found, and what to do.
public struct Diagnostic: Sendable {
    public enum Severity: String, Sendable {
        case error, warning
    }

    /// Uses of a fragment that are listed; a shared one may have dozens.
    private static let shownUses = 5

    public var severity: Severity
    /// The file, and the bytes of it that are meant. Nil for what has no place in a file.
    public var place: Place?
    public var message: String
    /// What to write instead, when that is known.
    public var help: String?

    public init(_ severity: Severity, _ message: String, at place: Place?, help: String? = nil) {
        self.severity = severity
        self.place = place
        self.message = message
        self.help = help
    }

    /// The finding as compilers print it: `path:line:column: error: message`, the line, the offending text underlined.
    public func rendered(colour: Bool = false) -> String {
        let bold = colour ? "\u{1B}[1m" : ""
        let accent = colour ? (severity == .error ? "\u{1B}[1;31m" : "\u{1B}[1;33m") : ""
        let plain = colour ? "\u{1B}[0m" : ""
        var lines: [String] = []
        if let place {
            let position = place.file.position(of: place.range.lowerBound)
            let column = place.file.hasLines ? ":\(position.line):\(position.column)" : ""
            lines.append(
                "\(bold)\(place.file.path)\(column): \(accent)\(severity.rawValue):\(plain)"
                    + "\(bold) \(message)\(plain)"
            )
            if place.file.isQuotable { lines += excerpt(of: place, at: position, accent: accent, plain: plain) }
        } else {
            lines.append("\(accent)\(severity.rawValue):\(plain)\(bold) \(message)\(plain)")
        }
        if let help { lines.append("  help: \(help)") }
        return (lines + useLines).joined(separator: "\n")
    }

    /// From where a fragment's text is used.
    private var useLines: [String] {
        let uses = place?.uses ?? []
        let hidden = uses.count - Self.shownUses
        return uses.prefix(Self.shownUses).map { "  used by \($0)" }
            + (hidden > 0 ? ["  and by \(hidden) other\(hidden == 1 ? "" : "s")"] : [])
    }

    /// The line in question and a second line that underlines the part that is meant. A line too long for a terminal
    /// is left out: it helps nobody.
    private func excerpt(
        of place: Place,
        at position: SourceFile.Position,
        accent: String,
        plain: String
    ) -> [String] {
        let text = place.file.text(ofLine: position.line)
        let scalars = text.unicodeScalars
        guard scalars.count <= 240, position.column <= scalars.count + 1 else { return [] }
        let number = String(position.line)
        let margin = String(repeating: " ", count: number.count)
        let before = scalars.prefix(position.column - 1).map { $0 == "\t" ? "\t" : " " }.joined()
        let end = place.file.position(of: place.range.upperBound)
        let last = end.line == position.line ? end.column : scalars.count + 1
        let underline = "^" + String(repeating: "~", count: max(0, last - position.column - 1))
        return [" \(number) | \(text)", " \(margin) | \(before)\(accent)\(underline)\(plain)"]
    }
}
