import Cases
import Composition
import Diagnostics
import Foundation
import Gateway
import Identity
import JSONSlices
import Replay
import Testing

/// Every example of the documentation does what its page says.
@Suite("The documentation")
struct PageTests {
    private func blocks(_ kinds: FencedBlock.Kind...) -> [FencedBlock] {
        Page.all.flatMap(\.blocks).filter { block in block.kind.map(kinds.contains) ?? false }
    }

    @Test("every block is of a kind that a test knows, and no code stands outside of blocks")
    func kinds() {
        for page in Page.all {
            #expect(page.strayCode == [], "\(page.path)")
            for block in page.blocks {
                #expect(block.kind != nil, "\(block.place): no test runs '\(block.info)'")
                let isReadme = page.path == "README.md"
                #expect(isReadme || block.kind != .readmeCommand && block.kind != .picture, "\(block.place)")
            }
        }
        // A test without examples would find nothing wrong with any.
        let used = Set(Page.all.flatMap(\.blocks).compactMap(\.kind))
        #expect(Set(FencedBlock.Kind.allCases).subtracting(used) == [])
    }

    @Test("every expression gives what the page says")
    func expressions() throws {
        let examples = blocks(.expression).flatMap(ExpressionExample.all)
        for example in examples {
            #expect(!example.outcome.isEmpty, "\(example.place): no result")
            #expect(try example.run() == example.expected(), "\(example.place)")
        }
    }

    @Test("every template gives what the page says")
    func templates() async throws {
        for block in blocks(.template) {
            let differences = try await TemplateExample(parsing: block).run()
            #expect(differences == [], "\(block.place)")
        }
    }

    @Test("every composition is without fault, or has exactly those that the page shows")
    func findings() throws {
        for section in try sections() { section.checkFindings() }
    }

    @Test("every request to a section's compositions is answered as the page says")
    func exchanges() async throws {
        for section in try sections() { try await section.checkExchanges() }
    }

    private func sections() throws -> [CompositionExamples] {
        try Dictionary(grouping: Page.all.flatMap(\.blocks), by: \.section).values.map(CompositionExamples.init)
            .filter { !$0.examples.isEmpty || !$0.exchanges.isEmpty }
    }

    @Test("every request to the samples is answered as the page says")
    func sampleExchanges() async throws {
        try await ReplayedGateway.serving(try Samples.configuration()) { gateway in
            for block in blocks(.sampleExchange) {
                let exchange = try Exchange(parsing: block)
                let differences = exchange.differences(of: try await gateway.reply(to: exchange.request))
                #expect(differences == [], "\(block.place)")
            }
        }
    }

    @Test("every file of API keys can be read")
    func keys() {
        for block in blocks(.keys) {
            let diagnostics = DiagnosticList()
            let keys = ConsumerKeys.read(
                SourceFile(path: block.place, bytes: Array(block.text.utf8)),
                diagnostics: diagnostics
            )
            #expect(keys != nil, "\(block.place): \(diagnostics.sorted().map { $0.rendered() })")
        }
    }

    @Test("every settings file can be read")
    func settings() {
        for block in blocks(.settings) {
            let diagnostics = DiagnosticList()
            let file = SourceFile(path: "gateway.json", bytes: Array(block.text.utf8))
            let settings = GatewaySettings.read(
                file: file,
                environment: ["ORDERS_KEY": "secret"],
                diagnostics: diagnostics
            )
            #expect(
                settings != nil && diagnostics.diagnostics.isEmpty,
                "\(block.place): \(diagnostics.sorted().map { $0.rendered() })"
            )
        }
    }

    @Test("every file of cases is one")
    func cases() {
        for block in blocks(.cases) {
            let diagnostics = DiagnosticList()
            let file = SourceFile(path: "compositions/example.cases.json", bytes: Array(block.text.utf8))
            _ = CaseFile.read(file, names: Samples.names, diagnostics: diagnostics)
            #expect(diagnostics.sorted().map { $0.rendered() } == [], "\(block.place)")
        }
    }

    @Test("every file of the repository is shown as it is")
    func files() throws {
        for block in blocks(.file, .swiftFile) {
            let path = try #require(block.attribute("file"), "\(block.place)")
            #expect(try Repository.text(of: path) == block.text + "\n", "\(block.place)")
        }
    }

    @Test("every command prints what the page says")
    func commands() throws {
        for example in blocks(.console).flatMap(ConsoleExample.all) {
            let printed = try example.run()
            #expect(example.isFulfilled(by: printed), "\(example.place): \(example.command) prints\n\(printed)")
        }
    }

    @Test("every link leads to a file of the repository, and to a heading in it")
    func links() throws {
        for page in Page.all {
            let folder = page.path.split(separator: "/").dropLast().joined(separator: "/")
            for match in try Repository.text(of: page.path).matches(of: /\]\(([^)#:]*)(?:#([^)]*))?\)/) {
                let path =
                    match.1.isEmpty
                    ? page.path : [folder, String(match.1)].filter { !$0.isEmpty }.joined(separator: "/")
                let isThere = FileManager.default.fileExists(atPath: "\(Repository.root)/\(path)")
                #expect(isThere, "\(page.path) links to \(match.1)")
                guard let anchor = match.2, isThere else { continue }
                let anchors = try Page.anchors(in: Repository.text(of: path))
                #expect(anchors.contains(String(anchor)), "\(page.path) links to \(match.1)#\(anchor)")
            }
        }
    }
}
