import CurlTransport
import Diagnostics
import JSONSlices

/// A file of cases whose expectations say what was replied; everything else in it is as it was.
public struct CaseUpdate: Sendable {
    /// The file's new text; nil when there is nothing to write.
    public let bytes: [UInt8]?
    /// The cases whose expectations were written anew.
    public let updated: [String]
    /// Those that fail all the same.
    public let stillFailing: [String]
    /// Why cases are left as they are, for each of them: what was replied is no answer to its request.
    public let reasonsToLeave: [String]

    private struct Edit {
        let range: Range<Int>
        let text: String
    }

    /// What a case says of status, headers, body and numbers of requests can be written anew. Conditions in `expect`,
    /// requests in `sent`, `parallel` and `sequence` say what their author meant, and stay.
    ///
    /// - Parameter results: those of one file.
    public init(_ file: CaseFile, _ results: [CaseResult]) {
        let failed = results.filter { !$0.hasPassed }
        let answered = failed.filter { $0.reasonToLeave == nil }
        reasonsToLeave = failed.compactMap(\.reasonToLeave)
        var edits: [Edit] = []
        var updated: [String] = []
        for result in answered {
            let own = Self.edits(for: result, in: file)
            if !own.isEmpty { updated.append(result.subject.name) }
            edits += own
        }
        var bytes = file.source.bytes
        for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            bytes.replaceSubrange(edit.range, with: Array(edit.text.utf8))
        }
        // What cannot be read again is not worth having.
        let written = SourceFile(path: file.path, bytes: bytes)
        guard !edits.isEmpty, let new = CaseFile.read(written, diagnostics: DiagnosticList()) else {
            self.bytes = nil
            self.updated = []
            stillFailing = answered.map(\.subject.name)
            return
        }
        self.bytes = bytes
        self.updated = updated
        let subjects = Dictionary(new.cases.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        stillFailing = answered.filter { result in
            guard let reply = result.reply, let subject = subjects[result.subject.name] else { return true }
            return !subject.reply.mismatches(of: reply).isEmpty
                || !subject.traffic.mismatches(of: result.received).isEmpty
        }.map(\.subject.name)
    }

    private static func edits(for result: CaseResult, in file: CaseFile) -> [Edit] {
        guard let reply = result.reply else { return [] }
        let expected = result.subject.reply
        var edits: [Edit] = []
        if reply.status != expected.status {
            edits.append(Edit(range: expected.statusRange, text: String(reply.status)))
        }
        for field in expected.headers where !field.matches(reply.section.values(of: field.name)) {
            let shown = ExpectedField.shown(reply.section.values(of: field.name))
            edits.append(Edit(range: field.range, text: shown ?? "null"))
        }
        edits += partialEdit(expected, reply, in: file)
        if let edit = bodyEdit(expected.body, reply.body, in: file) { edits.append(edit) }
        return edits + countEdits(for: result)
    }

    /// `Medley-Partial` where the case does not list it.
    private static func partialEdit(_ expected: ExpectedReply, _ reply: TransportResponse, in file: CaseFile) -> [Edit]
    {
        let name = "Medley-Partial"
        let isStated = expected.headers.contains { HeaderValidation.equal($0.name, name) }
        guard !isStated, let shown = ExpectedField.shown(reply.section.values(of: name)) else { return [] }
        if let last = expected.headers.max(by: { $0.range.upperBound < $1.range.upperBound }) {
            return [Edit(range: last.range.upperBound..<last.range.upperBound, text: ", \"\(name)\": \(shown)")]
        }
        if let range = expected.headersRange {
            return [Edit(range: range, text: "{ \"\(name)\": \(shown) }")]
        }
        // Behind the status, and in front of whatever stands between it and the next member.
        let end = expected.statusRange.upperBound
        let between = separator(before: expected.statusRange.lowerBound, in: file.source.bytes)
        return [Edit(range: end..<end, text: ",\(between)\"headers\": { \"\(name)\": \(shown) }")]
    }

    /// The white space in front of the member whose value begins at an offset.
    private static func separator(before offset: Int, in bytes: [UInt8]) -> String {
        guard let key = bytes[..<offset].lastIndex(of: UInt8(ascii: ":")),
            let closing = bytes[..<key].lastIndex(of: UInt8(ascii: "\"")),
            let opening = bytes[..<closing].lastIndex(of: UInt8(ascii: "\""))
        else { return " " }
        let blanks = bytes[..<opening].reversed().prefix { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return blanks.isEmpty ? " " : String(decoding: blanks.reversed(), as: UTF8.self)
    }

    private static func bodyEdit(_ expected: ExpectedBody, _ actual: [UInt8], in file: CaseFile) -> Edit? {
        let (slice, mode): (JSONSlice, JSONComparison.Mode)
        switch expected {
        case .any, .text: return nil
        case .equal(let value): (slice, mode) = (value, .equal)
        case .contains(let value): (slice, mode) = (value, .contains)
        }
        guard let document = try? JSONDocument(parsing: actual) else { return nil }
        let text = JSONRewrite(mode: mode, source: file.source.bytes).text(slice, document.root)
        let old = slice.withUTF8 { String(decoding: $0, as: UTF8.self) }
        return text == old ? nil : Edit(range: slice.byteRange, text: text)
    }

    private static func countEdits(for result: CaseResult) -> [Edit] {
        result.subject.traffic.shares.compactMap { share in
            guard let count = share.requests else { return nil }
            let actual = result.received.count { share.target.matches($0) }
            return count.range.contains(actual) ? nil : Edit(range: count.place, text: String(actual))
        }
    }
}

extension CaseResult {
    /// Why the reply is none that a case should expect; nil when it is one.
    var reasonToLeave: String? {
        guard hasEndpoint else { return "no endpoint answers \(subject.request.method) \(subject.request.target)" }
        let missed = received.first { $0.fixture == nil }
        return missed.map { "no fixture answers \($0.method) \($0.target)" }
    }
}
