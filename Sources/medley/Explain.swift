import ArgumentParser
import Composition
import Diagnostics
import Gateway
import JSONSlices

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the plan of an endpoint: what is called, in which order, and for how long.",
        discussion: """
            For instance: medley explain "GET /home/{userId}", or a path as a client asks for it: medley explain /home/42. \
            Calls of one stage run at the same time. Without an endpoint all of them are explained.

            --format json prints one document, {"endpoints": […]}; --format mermaid prints one endpoint as a flowchart, \
            which GitHub and GitLab draw in Markdown.
            """
    )

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, mermaid
    }

    @OptionGroup var options: WorkspaceOptions

    @Argument(help: "The endpoint as its file states it, its path alone, or the path of a request.")
    var endpoint: String?

    @Option(name: .long, help: ArgumentHelp("How the plan is printed: text, json or mermaid.", valueName: "format"))
    var format = Format.text

    func run() throws {
        let diagnostics = DiagnosticList()
        let workspace = Workspace.load(options, findsSettings: true, diagnostics: diagnostics)
        Terminal.report(diagnostics)
        guard let workspace, !diagnostics.hasErrors else { throw ExitCode(1) }
        let endpoints =
            try endpoint.map { try found($0, in: workspace.compositions) } ?? workspace.compositions.endpoints
        let timeouts = Dictionary(
            workspace.settings.backends.compactMap { backend in backend.timeout.map { (backend.name, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
        try print(endpoints.map { AnyExplanation($0, backendTimeouts: timeouts) })
    }

    private func print(_ explanations: [AnyExplanation]) throws {
        switch format {
        case .text:
            Terminal.write(explanations.map(\.text).joined(separator: "\n"))
        case .json:
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("endpoints")
            writer.beginArray()
            for explanation in explanations { explanation.write(to: &writer) }
            writer.endArray()
            writer.endObject()
            Terminal.printLine(String(decoding: writer.finish(), as: UTF8.self))
        case .mermaid:
            guard let only = explanations.first, explanations.count == 1 else {
                Terminal.printError("error: a flowchart shows one endpoint, and these are \(explanations.count)")
                Terminal.printError(
                    "  help: name one, for instance medley explain --format mermaid \"GET /home/{userId}\""
                )
                throw ExitCode(1)
            }
            Terminal.write(only.mermaid)
        }
    }

    /// The endpoint that is written like this, or else those that answer such a request.
    private func found(_ text: String, in compositions: CompositionSet) throws -> [CompositionSet.Endpoint] {
        let written = compositions.endpoints.filter {
            $0.name == text || $0.pattern.description == text || $0.pattern.path == text
        }
        guard written.isEmpty else { return written }
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        let target = words.last ?? ""
        let path = String(target.prefix { $0 != "?" })
        let method = words.count == 2 ? words[0] : nil
        let answering = EndpointLookup(compositions)?.endpoints(method: method, path: path) ?? []
        guard answering.isEmpty else { return answering }
        Terminal.printError("error: no endpoint is '\(text)', and none answers such a request")
        let names = compositions.endpoints.map(\.name)
        if let hint = suggestion(for: text, among: names) { Terminal.printError("  help: \(hint)") }
        throw ExitCode(1)
    }
}

/// The explanation of whichever kind of endpoint.
private enum AnyExplanation {
    case composition(Explanation)
    case proxy(ProxyExplanation)

    init(_ endpoint: CompositionSet.Endpoint, backendTimeouts: [String: Duration]) {
        switch endpoint {
        case .composition(let plan): self = .composition(Explanation(plan, backendTimeouts: backendTimeouts))
        case .proxy(let plan): self = .proxy(ProxyExplanation(plan, backendTimeouts: backendTimeouts))
        }
    }

    var text: String {
        switch self {
        case .composition(let explanation): explanation.text
        case .proxy(let explanation): explanation.text
        }
    }

    var mermaid: String {
        switch self {
        case .composition(let explanation): explanation.mermaid
        case .proxy(let explanation): explanation.mermaid
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .composition(let explanation): explanation.write(to: &writer)
        case .proxy(let explanation): explanation.write(to: &writer)
        }
    }
}
