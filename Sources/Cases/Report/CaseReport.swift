import Diagnostics

/// Results as lines for a person.
public struct CaseReport: Sendable {
    private let isColoured: Bool

    /// Differences of one case that are shown; further ones are counted.
    private static let shownMismatches = 20
    /// Requests to backends that are shown for one case.
    private static let shownRequests = 12
    /// Reasons to leave cases as they are that are shown.
    private static let shownReasons = 3

    public init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    /// The heading of a file's results.
    public func heading(of file: CaseFile) -> String {
        paint(file.path, .bold)
    }

    /// `✓ name  3 ms`, and for a failure what is different, what backends were asked, and where it is stated.
    public func lines(of result: CaseResult) -> [String] {
        let mark = result.hasPassed ? paint("✓", .green) : paint("✗", .red)
        let name = Self.oneLine(result.subject.name)
        let time = paint("\(Milliseconds.text(result.duration)) ms", .dim)
        let first = "  \(mark) \(name)  \(time)"
        guard !result.hasPassed else { return [first] }
        return [first] + details(of: result).map { "    \($0)" }
    }

    /// `31 cases passed in 0.21 s`, or how many of them failed, and what was done about it.
    ///
    /// - Parameter updates: of the files, where they were to be written anew.
    public func summary(of results: [CaseResult], took duration: Duration, updates: [CaseUpdate] = []) -> String {
        let failed = results.count { !$0.hasPassed }
        let time = Self.seconds(duration)
        let all = "\(results.count) case\(results.count == 1 ? "" : "s")"
        if failed == 0 { return paint("\(all) passed in \(time)", .green) }
        let updated = updates.reduce(0) { $0 + $1.updated.count }
        let rewritten = updated > 0 ? "; the files now say what was replied for \(updated) of them" : ""
        let first = paint("\(failed) of \(all) failed in \(time)", .red) + rewritten
        return ([first] + notes(on: updates)).joined(separator: "\n")
    }

    /// What an update leaves to its author.
    private func notes(on updates: [CaseUpdate]) -> [String] {
        var notes: [String] = []
        let failing = updates.reduce(0) { $0 + $1.stillFailing.count }
        if failing > 0 {
            let verb = failing == 1 ? "fails" : "fail"
            notes.append("\(failing) of them still \(verb): what expect, sent, parallel and sequence say is yours")
        }
        let reasons = updates.flatMap(\.reasonsToLeave)
        if !reasons.isEmpty {
            var distinct: [String] = []
            for reason in reasons where !distinct.contains(reason) { distinct.append(reason) }
            let shown = distinct.prefix(Self.shownReasons).map { Excerpt.cut(Self.oneLine($0), length: 200) }
            let hidden = distinct.count - shown.count
            notes.append(
                "\(reasons.count) \(reasons.count == 1 ? "is left as it is" : "are left as they are"): "
                    + shown.joined(separator: "; ") + (hidden > 0 ? "; and \(hidden) more" : "")
            )
        }
        return notes
    }

    // MARK: A failure

    private func details(of result: CaseResult) -> [String] {
        var lines = [paint("\(result.subject.request.method) \(result.subject.request.target)", .dim)]
        if let scenario = result.subject.scenario { lines[0] += paint("  scenario \(scenario)", .dim) }
        let shown = result.mismatches.prefix(Self.shownMismatches)
        var place: String?
        for mismatch in shown {
            let start = mismatch.place?.start
            if let start, start != place { lines.append(paint("\(start)", .cyan)) }
            place = start
            lines += self.lines(of: mismatch)
        }
        let hidden = result.mismatches.count - shown.count
        if hidden > 0 { lines.append("… and \(hidden) more difference\(hidden == 1 ? "" : "s")") }
        return lines + requests(of: result)
    }

    private func lines(of mismatch: Mismatch) -> [String] {
        var lines: [String] = []
        let path = Self.oneLine(mismatch.path)
        if let expected = mismatch.expected { lines.append(paint("  - \(path): \(Self.oneLine(expected))", .red)) }
        if let actual = mismatch.actual { lines.append(paint("  + \(path): \(Self.oneLine(actual))", .green)) }
        return lines
    }

    private func requests(of result: CaseResult) -> [String] {
        let received = result.received
        guard let start = received.map(\.began).min() else { return ["the backends were asked nothing"] }
        var lines = ["the backends were asked:"]
        let shown = received.prefix(Self.shownRequests)
        let width = shown.map(\.backend.count).max() ?? 0
        for request in shown {
            let backend = request.backend + String(repeating: " ", count: width - request.backend.count)
            let answer = request.fixture.map { "\($0)" } ?? "no fixture answers"
            let target = Excerpt.cut(Self.oneLine(request.target), length: 100)
            lines.append(
                "  \(backend)  \(request.method) \(target)  "
                    + paint("\(answer), \(request.span(since: start))", request.fixture == nil ? .red : .dim)
            )
        }
        if received.count > shown.count { lines.append("  … and \(received.count - shown.count) more") }
        return lines
            + result.misses.prefix(3).map {
                paint("no fixture: \(Excerpt.cut(Self.oneLine($0), length: 300))", .red)
            }
    }

    // MARK: Text

    private enum Paint: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case cyan = "36"
    }

    private func paint(_ text: String, _ paint: Paint) -> String {
        isColoured ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Control characters as escapes: a case's name or a header must not drive the terminal.
    static func oneLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            if scalar.properties.generalCategory == .control {
                line += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    private static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let hundredths = Int(attoseconds / 10_000_000_000_000_000)
        return "\(seconds).\(hundredths < 10 ? "0" : "")\(hundredths) s"
    }
}
