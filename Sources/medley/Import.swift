import ArgumentParser
import Cases
import Diagnostics
import Foundation
import Recording
import Replay

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes fixtures of what other programs have recorded.",
        subcommands: [ImportHAR.self]
    )
}

struct ImportHAR: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "har",
        abstract: "Makes fixtures of an HTTP Archive, as browsers and proxies save it.",
        discussion: """
            In a browser's developer tools: Network, then 'Save all as HAR with content'. Without --backend the origins in \
            the file are listed, with the command to type next.

            Secrets are redacted as 'medley record' does. Read what was written before you commit it. The exit code is 1 \
            when the file has errors, each with file:line:column, or something could not be written.
            """
    )

    @Argument(help: "The archive.")
    var file: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A backend, and what the URLs of its entries begin with: users=https://api.example.com/users. May be "
                + "said several times.",
            valueName: "name=url"
        )
    )
    var backend: [String] = []

    @Option(name: .long, help: ArgumentHelp("The directory of the fixtures.", valueName: "directory"))
    var fixtures = "fixtures"

    @Flag(name: .long, help: "Import images, styles, scripts, fonts, media and preflights, too.")
    var all = false

    @OptionGroup(title: "What is recorded") var recording: RecordingOptions

    /// More than a day's browsing.
    private static let maximumSize = 512 << 20

    func validate() throws {
        _ = try backends()
    }

    func run() throws {
        let diagnostics = DiagnosticList()
        let archive = Files.read(file, diagnostics, maximumSize: Self.maximumSize).flatMap { source in
            HTTPArchive.read(source, keepsAll: all, diagnostics: diagnostics)
        }
        guard let archive else {
            Terminal.report(diagnostics)
            throw ExitCode(1)
        }
        let backends = try backends()
        if backends.isEmpty {
            Terminal.report(diagnostics)
            list(archive)
        } else {
            let entries = archive.entries.compactMap { entry in
                backends.compactMap { backend in
                    entry.url.target(below: backend.prefix).map { Taken(backend: backend, entry: entry, target: $0) }
                }.max { $0.backend.prefix.target.utf8.count < $1.backend.prefix.target.utf8.count }
            }
            if entries.isEmpty, !archive.entries.isEmpty {
                let origins = archive.origins.prefix(3).map(\.origin).joined(separator: ", ")
                diagnostics.error("no entry belongs to a backend", help: "the entries are of \(origins)")
            }
            try write(entries, besides: archive.entries.count - entries.count, archive, diagnostics)
        }
        if diagnostics.hasErrors { throw ExitCode(1) }
    }

    private struct NamedPrefix {
        let name: String
        let prefix: ArchivedURL
    }

    private struct Taken {
        let backend: NamedPrefix
        let entry: HTTPArchive.Entry
        /// Below the backend's URL.
        let target: String
    }

    private func backends() throws -> [NamedPrefix] {
        try backend.map { text in
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let prefix = ArchivedURL(String(parts[1])), !parts[1].contains("?") else {
                throw ValidationError("'\(text)' is not NAME=URL, as in users=https://api.example.com/users")
            }
            if let problem = FixtureStore.problem(withName: String(parts[0])) { throw ValidationError(problem) }
            return NamedPrefix(name: String(parts[0]), prefix: prefix)
        }
    }

    private func write(
        _ entries: [Taken],
        besides others: Int,
        _ archive: HTTPArchive,
        _ diagnostics: DiagnosticList
    ) throws {
        var existing = FixtureSet(backends: [:])
        if Files.isDirectory(fixtures) {
            guard let loaded = FixtureSet.load(directory: fixtures, diagnostics: diagnostics) else {
                Terminal.report(diagnostics)
                throw ExitCode(1)
            }
            existing = loaded
        }
        Terminal.report(diagnostics)
        let report = RecordingReport(secrets: recording.rules.secrets)
        let store = FixtureStore(
            directory: fixtures,
            existing: existing,
            rules: recording.rules,
            keep: recording.keep.policy
        )
        for taken in entries {
            var exchange = taken.entry.exchange
            exchange.target = taken.target
            report.tell(store.record(exchange, backend: taken.backend.name))
        }
        report.summarize(store)
        if others > 0 { Terminal.printLine("left out: \(others) of no backend") }
        printSkipped(archive)
        if report.hasFailures { throw ExitCode(1) }
    }

    /// What could be imported, and how.
    private func list(_ archive: HTTPArchive) {
        let origins = archive.origins
        guard !origins.isEmpty else {
            Terminal.printLine("\(file) has no exchange to import")
            printSkipped(archive)
            return
        }
        for (origin, count) in origins { Terminal.printLine("\(count)\t\(origin)") }
        printSkipped(archive)
        let command = ImportCommand.text(file: file, origins: origins.prefix(3).map(\.origin))
        Terminal.printLine("Import them:  \(command)")
    }

    private func printSkipped(_ archive: HTTPArchive) {
        for reason in HTTPArchive.Skip.allCases {
            if let count = archive.skipped[reason] { Terminal.printLine("left out: \(count) \(reason.rawValue)") }
        }
    }
}
