import ArgumentParser
import Cases
import Composition
import Diagnostics
import Foundation
import Gateway
import JSONSlices
import Replay

struct WriteOpenAPI: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi",
        abstract: "Writes an OpenAPI 3.1 document of the endpoints, for clients and their generators.",
        discussion: """
            What a reply looks like is inferred from its templates, from the recorded answers in fixtures/ (or those \
            that --replay names), and from the backends' own documents, where the settings name any: a member that every recorded answer has is required, and what nothing tells is {}, \
            anything. Endpoints that only pass requests on are listed under x-medley-proxies.

            The exit code is 1 when there is an error, as of 'medley check'; then nothing is written.
            """
    )

    @OptionGroup var options: WorkspaceOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write to this file (default: standard output).", valueName: "file")
    )
    var output: String?

    @Option(name: .long, help: "The title of the API.")
    var title = OpenAPIDocument.Info().title

    @Option(name: .long, help: "The version of the API.")
    var apiVersion = OpenAPIDocument.Info().version

    @Option(name: .long, help: ArgumentHelp("A URL of the gateway; may be repeated.", valueName: "url"))
    var server: [String] = []

    func run() throws {
        let diagnostics = DiagnosticList()
        let workspace = Workspace.load(options, findsSettings: true, diagnostics: diagnostics)
        let fixtures = workspace.flatMap { workspace in
            // Beside a settings file, too, recorded answers tell what backends answer.
            workspace.fixtures
                ?? (Files.isDirectory("fixtures")
                    ? FixtureSet.load(directory: "fixtures", diagnostics: diagnostics) : nil)
        }
        let errors = diagnostics.sorted().filter { $0.severity == .error }
        for diagnostic in errors { Terminal.printError(diagnostic.rendered(colour: Terminal.hasColour(STDERR_FILENO))) }
        guard let workspace, !diagnostics.hasErrors else { throw ExitCode(1) }
        var info = OpenAPIDocument.Info()
        info.title = title
        info.version = apiVersion
        info.servers = server
        info.policies = workspace.settings.access.map { ($0.name, .init($0.scheme)) }
        let document = OpenAPIDocument(
            of: workspace.compositions,
            in: workspace.compositionsPath,
            answers: fixtures.map { RecordedAnswers($0) },
            descriptions: workspace.descriptions,
            info: info
        )
        let text = JSONText.text(of: document.value, isIndented: true)
        guard let output else { return Terminal.printLine(text) }
        do {
            try Files.replace(Array((text + "\n").utf8), at: output)
        } catch {
            Terminal.printError("error: '\(output)' cannot be written: \(error)")
            throw ExitCode(1)
        }
    }
}

extension OpenAPIDocument.SecurityScheme {
    init(_ scheme: AccessSettings.Scheme) {
        switch scheme {
        case .apiKey(_, let header): self = .apiKey(header: header)
        case .token: self = .token
        case .password: self = .password
        case .certificate: self = .certificate
        }
    }
}
