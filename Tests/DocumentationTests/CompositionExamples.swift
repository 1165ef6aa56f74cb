import Composition
import Diagnostics
import Foundation
import JSONSlices
import Replay
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
        guard !exchanges.isEmpty else { return }
        let directory = FileManager.default.temporaryDirectory.appending(path: "medley-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        for (name, text) in fixtures {
            let file = directory.appending(path: name + ".json")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        let diagnostics = DiagnosticList()
        let set = compile(examples.filter { $0.findings?.contains("error:") != true }.map(\.file), diagnostics)
        for backend in set.plans.flatMap(\.backends) {
            let folder = directory.appending(path: backend)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        let recorded = FixtureSet.load(directory: directory.path, diagnostics: diagnostics)
        let found = diagnostics.sorted().filter { $0.severity == .error }.map { $0.rendered() }
        #expect(found == [], "\(exchanges.first?.place ?? "")")
        guard let recorded, found.isEmpty else { return }
        try await ServedFiles.with(compositions: set, fixtures: recorded) { served in
            for block in exchanges {
                let exchange = try Exchange(parsing: block)
                let reply = try await served.reply(to: exchange.request)
                let differences = try exchange.expected.differences(from: reply)
                #expect(differences == [], "\(block.place)")
            }
        }
    }
}

/// A request and its reply, as an `http` block shows them.
struct Exchange {
    let request: ServedFiles.Request
    let expected: ExpectedReply

    init(parsing block: FencedBlock) throws {
        let lines = block.text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasPrefix("HTTP/1.1 ") }, "\(block.place): no reply")
        let asked = Self.message(lines[..<start])
        let answered = Self.message(lines[start...])
        let words = asked.first.split(separator: " ")
        try #require(words.count == 2, "\(block.place): a request begins with a method and a target")
        request = ServedFiles.Request(
            method: String(words[0]),
            target: String(words[1]),
            headers: asked.headers,
            body: asked.body.isEmpty ? nil : Array(asked.body.utf8)
        )
        let status = try #require(Int(answered.first.split(separator: " ")[1]), "\(block.place)")
        var headers: [(name: String, values: [String])] = []
        for (name, value) in answered.headers {
            if let index = headers.firstIndex(where: { $0.name == name }) {
                headers[index].values.append(value)
            } else {
                headers.append((name, [value]))
            }
        }
        // What the page does not show is not compared.
        let body = answered.body.isEmpty ? nil : Array(answered.body.utf8)
        expected = ExpectedReply(status: status, headers: headers, body: body)
    }

    private static func message(
        _ lines: ArraySlice<Substring>
    ) -> (first: Substring, headers: [(name: String, value: String)], body: String) {
        let end = lines.dropFirst().firstIndex(of: "") ?? lines.endIndex
        let headers = lines[..<end].dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
        }
        let body = lines[end...].dropFirst().joined(separator: "\n").trimmingCharacters(in: .newlines)
        return (lines.first ?? "", headers, body)
    }
}

/// A template with values for the names in it: `{"given": {…}, "template": …, "gives": …}`.
struct TemplateExample {
    let given: [(name: String, value: JSONSlice)]
    let template: JSONSlice
    let gives: JSONSlice

    init(parsing block: FencedBlock) throws {
        let root = try JSONDocument(parsing: Array(block.text.utf8)).root
        given = try #require(root.member("given")).members.map { ($0.key.string ?? "", $0.value) }
        template = try #require(root.member("template"))
        gives = try #require(root.member("gives"))
    }

    /// An endpoint that answers with the template: each given name is a call.
    func run() async throws -> [String] {
        let calls = given.map { "\"\($0.name)\": {\"backend\": \"given\", \"path\": \"/\($0.name)\"}" }
        let composition =
            "{\"endpoint\": \"GET /\", \"calls\": {\(calls.joined(separator: ", "))}, "
            + "\"response\": {\"body\": \(JSONText.compact(template))}}"
        let directory = FileManager.default.temporaryDirectory.appending(path: "medley-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let folder = directory.appending(path: "given")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, value) in given {
            let fixture =
                "{\"request\": {\"path\": \"/\(name)\"}, \"response\": {\"body\": \(JSONText.compact(value))}}"
            try Data(fixture.utf8).write(to: folder.appending(path: "\(name).json"))
        }
        let diagnostics = DiagnosticList()
        let file = SourceFile(path: "template", bytes: Array(composition.utf8))
        let set = CompositionSet.compile([file], backends: nil, diagnostics: diagnostics)
        let fixtures = FixtureSet.load(directory: directory.path, diagnostics: diagnostics)
        guard !diagnostics.hasErrors, let fixtures else { return diagnostics.sorted().map { $0.rendered() } }
        var differences: [String] = []
        try await ServedFiles.with(compositions: set, fixtures: fixtures) { served in
            let reply = try await served.reply(to: .init(target: "/"))
            let expected = ExpectedReply(status: 200, body: Array(JSONText.compact(gives).utf8))
            differences = try expected.differences(from: reply)
        }
        return differences
    }
}
