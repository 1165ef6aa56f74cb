import Cases
import Composition
import Diagnostics
import Foundation
import JSONSlices
import Replay
import TestSupport
import Testing

/// The compositions of one section of a page, with what they need: fragments, and the answers of backends.
struct CompositionExamples {
    struct Example {
        let block: FencedBlock
        let file: SourceFile
        /// What must be found wrong with it.
        let findings: String?
    }

    private(set) var examples: [Example] = []
    private(set) var exchanges: [FencedBlock] = []
    private var fragments: [SourceFile] = []
    /// By `backend/name`.
    private var fixtures: [String: String] = [:]

    /// - Parameter blocks: those of one section, in their order.
    init(_ blocks: [FencedBlock]) throws {
        for (index, block) in blocks.enumerated() {
            switch block.kind {
            case .composition:
                let next = index + 1 < blocks.count ? blocks[index + 1] : nil
                let path = "compositions/\(block.attribute("file") ?? "example.json")"
                let findings = next?.kind == .findings ? next?.text : nil
                examples.append(
                    .init(block: block, file: SourceFile(path: path, bytes: Array(block.text.utf8)), findings: findings)
                )
            case .findings:
                #expect(index > 0 && blocks[index - 1].kind == .composition, "\(block.place): no composition before it")
            case .fragment:
                let path = try #require(block.attribute("file"), "\(block.place): a fragment has a file=")
                fragments.append(SourceFile(path: "compositions/\(path)", bytes: Array(block.text.utf8)))
            case .fixture:
                let backend = try #require(block.attribute("backend"), "\(block.place): a fixture has a backend=")
                fixtures["\(backend)/\(index)"] = block.text
            case .scenario:
                let name = try #require(block.attribute("name"), "\(block.place): a scenario has a name=")
                fixtures["_scenarios/\(name)"] = block.text
            case .answers:
                try addAnswers(of: block)
            case .exchange:
                exchanges.append(block)
            default:
                break
            }
        }
    }

    /// `"users: GET /users/42?expand=plan 200": {"id": 42}`
    private mutating func addAnswers(of block: FencedBlock) throws {
        let root = try JSONDocument(parsing: Array(block.text.utf8)).root
        for (index, (key, body)) in root.members.enumerated() {
            let words = (key.string ?? "").split(separator: " ")
            try #require(
                (3...4).contains(words.count) && words[0].hasSuffix(":"),
                "\(block.place): \(key.string ?? "")"
            )
            let status = words.count > 3 ? String(words[3]) : "200"
            let target = words[2].split(separator: "?", maxSplits: 1)
            let fields = (target.count > 1 ? target[1] : "").split(separator: "&").map { $0.split(separator: "=") }
            let query = Dictionary(grouping: fields) { $0[0].removingPercentEncoding ?? "" }.mapValues { values in
                values.map { $0.count > 1 ? $0[1].removingPercentEncoding ?? "" : "" }
            }
            let request: [String: Any] = ["method": String(words[1]), "path": String(target[0]), "query": query]
            let asked = String(decoding: try JSONSerialization.data(withJSONObject: request), as: UTF8.self)
            let answer = status == "204" ? "" : ", \"body\": \(JSONText.compact(body))"
            fixtures["\(words[0].dropLast())/\(block.line)-\(index)"] =
                "{\"request\": \(asked), \"response\": {\"status\": \(status)\(answer)}}"
        }
    }

    private func compile(_ files: [SourceFile], _ diagnostics: DiagnosticList) -> CompositionSet {
        let set = CompositionSet.compile(
            files,
            fragments: Fragments(directory: "compositions", files: fragments),
            backends: nil,
            diagnostics: diagnostics
        )
        for finding in set.findings(answers: nil, maxBackendRequests: 1000) { diagnostics.add(finding) }
        return set
    }

    /// Compares what can be found wrong with each composition with what the page says.
    func checkFindings() {
        for example in examples {
            let diagnostics = DiagnosticList()
            _ = compile([example.file], diagnostics)
            // A fragment may be there for another composition of the section.
            let found = diagnostics.sorted().map { $0.rendered() }.filter {
                !$0.contains("no composition uses this fragment")
            }
            #expect(found.joined(separator: "\n") == (example.findings ?? ""), "\(example.block.place)")
        }
    }

    /// Sends the section's requests to a gateway that serves its compositions.
    func checkExchanges() async throws {
        for (scenario, blocks) in Dictionary(grouping: exchanges, by: { $0.attribute("scenario") }) {
            try await check(blocks, in: scenario)
        }
    }

    private func check(_ exchanges: [FencedBlock], in scenario: String?) async throws {
        let diagnostics = DiagnosticList()
        let set = compile(examples.filter { $0.findings?.contains("error:") != true }.map(\.file), diagnostics)
        let recorded = try await withFiles(fixtures) { directory in
            for backend in set.plans.flatMap(\.backends) + set.proxies.map(\.backend) {
                try FileManager.default.createDirectory(
                    atPath: "\(directory)/\(backend)",
                    withIntermediateDirectories: true
                )
            }
            return FixtureSet.load(directory: directory, scenario: scenario, diagnostics: diagnostics)
        }
        let found = diagnostics.sorted().filter { $0.severity == .error }.map { $0.rendered() }
        #expect(found == [], "\(exchanges.first?.place ?? "")")
        guard let recorded, found.isEmpty else { return }
        try await ReplayedGateway.serving(.init(compositions: set, fixtures: recorded)) { gateway in
            for block in exchanges {
                let differences = try await Exchange(parsing: block).differences(on: gateway)
                #expect(differences == [], "\(block.place)")
            }
        }
    }
}
