import ArgumentParser
import Cases
import Diagnostics
import Foundation
import Gateway
import JSONSlices
import OpenAPI

struct AddBackend: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a backend into the settings file, and examples of its answers into fixtures/.",
        discussion: """
            For instance: medley add-backend orders https://orders.internal --openapi orders.openapi.json. The settings \
            file is made where there is none; of one that is there everything else keeps its bytes.

            With --openapi, an OpenAPI 3 document of the backend as JSON: 'medley check' holds calls against it, and an \
            example of each GET is written as a fixture, from what the document shows or what its schemas allow. What is \
            recorded already is left alone.
            """
    )

    @Argument(help: "What compositions call the backend.")
    var name: String

    @Argument(help: "Scheme, host, port and base path; ${NAME} is an environment variable.")
    var url: String

    @Option(name: .long, help: ArgumentHelp("The backend's OpenAPI 3 document, as JSON.", valueName: "file"))
    var openapi: String?

    @Option(name: .long, help: ArgumentHelp("The settings file.", valueName: "file"))
    var settings = "gateway.json"

    @Option(name: .long, help: ArgumentHelp("Where examples are written.", valueName: "directory"))
    var fixtures = "fixtures"

    func run() throws {
        let diagnostics = DiagnosticList()
        let file = Files.exists(settings) ? Files.read(settings, diagnostics) : nil
        let document = openapi.flatMap { Files.read($0, diagnostics) }.flatMap {
            BackendDocument.read($0, diagnostics: diagnostics)
        }
        var text = SettingsText(file)
        var isAdded = false
        if !diagnostics.hasErrors {
            let path = openapi.map { Self.path(of: $0, from: settings) }
            isAdded = text.add(.init(name: name, url: url, document: path), diagnostics: diagnostics)
        }
        Terminal.report(diagnostics)
        guard isAdded, !diagnostics.hasErrors else { throw ExitCode(1) }
        // The settings are written last: a backend that is in them cannot be added again.
        try check(settings)
        if let document { try writeExamples(of: document) }
        try write(text.bytes, to: settings)
        Terminal.printLine("\(settings): the backend '\(name)' is \(file == nil ? "in a new file" : "added")")
    }

    private func writeExamples(of document: BackendDocument) throws {
        let folder = "\(fixtures)/\(name)"
        var names: Set<String> = []
        var recorded = RecordedPaths(in: folder)
        var written = 0
        var kept = 0
        for exchange in document.exchanges() {
            var fileName = exchange.name
            var number = 2
            while !names.insert(fileName).inserted {
                fileName = "\(exchange.name)-\(number)"
                number += 1
            }
            let path = "\(folder)/\(fileName).json"
            guard !Files.exists(path), recorded.insert(exchange.path) else {
                kept += 1
                continue
            }
            try makeFolder(folder)
            try write(Array((JSONText.text(of: exchange.fixture, isIndented: true) + "\n").utf8), to: path)
            written += 1
        }
        let left = kept > 0 ? ", \(kept) left as they were" : ""
        Terminal.printLine("\(folder)/: \(written) example\(written == 1 ? "" : "s") of answers written\(left)")
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        do {
            try Files.replace(bytes, at: path)
        } catch {
            throw failure(path, error)
        }
    }

    private func check(_ path: String) throws {
        do {
            try Files.checkWritable(path)
        } catch {
            throw failure(path, error)
        }
    }

    private func makeFolder(_ path: String) throws {
        do {
            try Files.makeFolder(path)
        } catch {
            throw failure(path, error)
        }
    }

    private func failure(_ path: String, _ error: Files.WriteFailure) -> ExitCode {
        Terminal.printError("error: '\(path)' cannot be written: \(error)")
        return ExitCode(1)
    }

    /// A path as seen from the folder of the settings file.
    static func path(of file: String, from settings: String) -> String {
        guard !file.hasPrefix("/") else { return file }
        let folder = URL(filePath: settings).deletingLastPathComponent().standardizedFileURL.pathComponents
        let target = URL(filePath: file).standardizedFileURL.pathComponents
        let common = zip(folder, target).prefix { $0 == $1 }.count
        return ([String](repeating: "..", count: folder.count - common) + target[common...]).joined(separator: "/")
    }
}

extension DescribedExchange {
    fileprivate var fixture: JSONValue {
        let summary = (summary.map { "\($0) " } ?? "") + "(An example made from the backend's OpenAPI document.)"
        var response = JSONObject()
        if status != 200 { response["status"] = .number(JSONNumber(status)) }
        response["body"] = body
        return .object(
            JSONObject(members: [
                ("summary", .string(summary)), ("request", .object(JSONObject(members: [("path", .string(path))]))),
                ("response", .object(response)),
            ])
        )
    }
}
