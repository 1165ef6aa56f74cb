import ArgumentParser
import Composition
import Diagnostics
import Replay

struct FixturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fixtures",
        abstract: "Looks after the recorded exchanges.",
        subcommands: [FixturesLint.self]
    )
}

struct FixturesLint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Finds recorded exchanges that are of no use.",
        discussion: """
            It looks at fixtures/, or the directory that --replay names, with its scenarios: for exchanges that no \
            endpoint could ask for, and for those that are never chosen because another one always wins. What stands \
            in the way of loading the files is found as well.

            The exit code is 1 when something is found.
            """
    )

    @OptionGroup var options: WorkspaceOptions

    @Option(name: .long, help: ArgumentHelp("How findings are printed: text, json or github.", valueName: "format"))
    var format = ReportFormat.text

    func run() throws {
        var options = options
        options.replay = options.replay ?? "fixtures"
        let problems = DiagnosticList()
        let loaded = Workspace.load(options, findsSettings: false, diagnostics: problems)
        guard let workspace = loaded, let fixtures = workspace.fixtures, !problems.hasErrors else {
            Terminal.report(problems, as: format)
            throw ExitCode(1)
        }
        let findings = Self.findings(fixtures, workspace.compositions)
        Terminal.report(findings, as: format)
        guard findings.diagnostics.isEmpty else { throw ExitCode(1) }
        if format == .text { Terminal.printLine(Self.summary(of: fixtures, in: workspace)) }
    }

    private static func findings(_ set: FixtureSet, _ compositions: CompositionSet) -> DiagnosticList {
        let findings = DiagnosticList()
        add(set, compositions, of: nil, to: findings)
        for scenario in set.scenarioNames {
            if let changed = set.inScenario(scenario) { add(changed, compositions, of: scenario, to: findings) }
        }
        return findings
    }

    /// - Parameter scenario: the one whose exchanges are looked at; nil for those of the set.
    private static func add(
        _ set: FixtureSet,
        _ compositions: CompositionSet,
        of scenario: String?,
        to findings: DiagnosticList
    ) {
        for fixture in set.backends.values.joined() where fixture.scenario == scenario {
            let request = fixture.request
            let segments = request.pattern.decodedSegments
            if !compositions.mayAsk(fixture.backend, method: request.method, segments: segments) {
                let isKnown = compositions.endpoints.contains { $0.backends.contains(fixture.backend) }
                let message =
                    isKnown
                    ? "no call asks '\(fixture.backend)' for \(request.method) \(request.path)"
                    : "no call asks '\(fixture.backend)' for anything"
                findings.add(Diagnostic(.warning, message, at: fixture.place, help: "take the exchange away"))
            }
        }
        for shadow in set.shadowed() where shadow.fixture.scenario == scenario {
            let winner = shadow.winner.place?.start ?? shadow.winner.file
            let message = "this is never chosen: \(winner) answers all that it matches"
            let help = "take one of the two away, or tell them apart by 'query', 'headers' or 'body'"
            findings.add(Diagnostic(.warning, message, at: shadow.fixture.place, help: help))
        }
    }

    private static func summary(of set: FixtureSet, in workspace: Workspace) -> String {
        func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
        let fixtures = counted(set.backends.values.reduce(0) { $0 + $1.count }, "fixture")
        let scenarios = counted(set.scenarioNames.count, "scenario")
        return "\(fixtures) and \(scenarios) in \(workspace.fixturesPath ?? "")/: each is of use"
    }
}

extension CompositionSet.Endpoint {
    fileprivate var backends: [String] {
        switch self {
        case .composition(let plan): plan.backends
        case .proxy(let plan): [plan.backend]
        }
    }
}
