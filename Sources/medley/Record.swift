import ArgumentParser
import Recording

struct Record: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves real backends, and writes what passes as fixtures.",
        discussion: """
            Serves the endpoints as 'medley serve --settings FILE' does. Between the gateway and each backend stands a \
            server on a loopback port that passes requests on, answers back, and writes each exchange to \
            FIXTURES/BACKEND/NAME.json; 'medley serve --replay FIXTURES' answers from there.

            Secrets are redacted: credentials in headers, query parameters and JSON members whose names say so, and texts \
            that look like keys. Read what was written before you commit it.

            With --missing the fixtures answer where they can, and only what they do not know is asked for and recorded; \
            'medley serve --settings FILE --replay FIXTURES --record-missing' is the same.

            SIGTERM and SIGINT end it. The exit code is 1 when something could not be written.
            """
    )

    @Option(name: .long, help: ArgumentHelp("The settings file, which names the backends.", valueName: "file"))
    var settings = "gateway.json"

    @Option(name: .long, help: ArgumentHelp("The directory of the fixtures.", valueName: "directory"))
    var fixtures = "fixtures"

    @Option(
        name: .long,
        help: ArgumentHelp("The directory of the endpoints (default: compositions).", valueName: "directory")
    )
    var compositions: String?

    @Flag(name: .long, help: "Answer from the fixtures; ask for and record what they do not answer.")
    var missing = false

    @Flag(name: .long, help: "Record failures of backends as fixtures with a fault.")
    var faults = false

    @OptionGroup(title: "What is recorded") var recording: RecordingOptions

    func run() async throws {
        try await RecordingRun(
            settings: settings,
            compositions: compositions,
            fixtures: fixtures,
            isMissingOnly: missing,
            recordsFaults: faults,
            rules: recording.rules,
            keep: recording.keep.policy
        ).run()
    }
}
