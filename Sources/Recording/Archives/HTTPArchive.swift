public import Diagnostics
import JSONSlices

/// The exchanges of an HTTP Archive, as browsers and proxies save them (HAR 1.2:
/// http://www.softwareishard.com/blog/har-12-spec/). Members that the format does not know are passed over.
public struct HTTPArchive: Sendable {
    /// Why an entry is no exchange with a backend, to stand after a number.
    public enum Skip: String, Hashable, Sendable, CaseIterable {
        case asset = "static (image, style, script, font, media)"
        case preflight = "a preflight (OPTIONS)"
        case noResponse = "without a response"
        case noContent = "without the content, which the archive does not hold"
        case notHTTP = "not HTTP"
    }

    public struct Entry: Sendable {
        public let url: ArchivedURL
        /// Its target is the URL's own; see ``ArchivedURL/target(below:)``.
        public let exchange: RecordedExchange
    }

    /// In the order of the file.
    public let entries: [Entry]
    public let skipped: [Skip: Int]

    /// Errors that are shown; others are counted.
    private static let shownErrors = 20

    /// Reads every entry. One with errors is left out, and the errors are in `diagnostics`.
    ///
    /// - Parameter keepsAll: whether static assets and preflights are read, too.
    /// - Returns: nil when the file is no archive.
    public static func read(_ file: SourceFile, keepsAll: Bool, diagnostics: DiagnosticList) -> HTTPArchive? {
        // Stacks of calls that browsers note are nested deeper than anything a person writes.
        guard let document = diagnostics.parse(file, maxDepth: JSONLimits().maxDepth) else { return nil }
        func object(_ slice: JSONSlice, _ role: String, _ diagnostics: DiagnosticList) -> ObjectReader? {
            ObjectReader(slice, in: file, role: role, known: nil, diagnostics: diagnostics)
        }
        guard let root = object(document.root, "an HTTP archive", diagnostics) else { return nil }
        guard root["log"] != nil else {
            root.missing("log")
            return nil
        }
        guard let log = root.map("log") else { return nil }
        guard let list = log["entries"] else {
            log.missing("entries")
            return nil
        }
        guard list.kind == .array else { return log.mismatch("entries", list, wanted: "a list") }
        var entries: [Entry] = []
        var skipped: [Skip: Int] = [:]
        var hidden = 0
        for slice in list.elements {
            let own = DiagnosticList()
            let reader = object(slice, "an entry", own).map { ArchiveEntryReader(reader: $0, keepsAll: keepsAll) }
            switch reader?.read() {
            case .entry(let entry)?: entries.append(entry)
            case .skipped(let reason)?: skipped[reason, default: 0] += 1
            case nil: break
            }
            guard own.hasErrors else { continue }
            if diagnostics.errorCount >= shownErrors {
                hidden += 1
            } else {
                for diagnostic in own.diagnostics { diagnostics.add(diagnostic) }
            }
        }
        if hidden > 0 { diagnostics.error("\(hidden) more entries of '\(file.path)' have errors") }
        return HTTPArchive(entries: entries, skipped: skipped)
    }

    /// How many entries there are for each origin, the most first.
    public var origins: [(origin: String, count: Int)] {
        var counts: [String: Int] = [:]
        for entry in entries { counts[entry.url.origin, default: 0] += 1 }
        let sorted = counts.sorted { left, right in
            left.value == right.value ? left.key < right.key : left.value > right.value
        }
        return sorted.map { (origin: $0.key, count: $0.value) }
    }
}
