import Foundation
import Testing

@testable import Cases

/// A command of a `console` block and what it prints, on both outputs. A line `…` stands for any lines, and `…` in
/// a line for any text.
struct ConsoleExample: Sendable {
    let place: String
    let command: String
    let output: [String]

    static func all(in block: FencedBlock) -> [ConsoleExample] {
        var examples: [ConsoleExample] = []
        for (index, line) in block.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("$ ") {
                let place = "\(block.page):\(block.line + index + 1)"
                examples.append(.init(place: place, command: String(line.dropFirst(2)), output: []))
            } else if let last = examples.popLast() {
                let isContinued = last.output.isEmpty && last.command.hasSuffix("\\")
                examples.append(
                    isContinued
                        ? .init(place: last.place, command: "\(last.command)\n\(line)", output: [])
                        : .init(place: last.place, command: last.command, output: last.output + [String(line)])
                )
            }
        }
        return examples
    }

    /// The folder of the program that was built with these tests.
    private static let products: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        for start in [CommandLine.arguments.first ?? "", tests] {
            var url = URL(filePath: start)
            while url.pathComponents.count > 1 {
                url.deleteLastPathComponent()
                if FileManager.default.isExecutableFile(atPath: url.appending(path: "medley").path) { return url.path }
            }
        }
        return ""
    }()

    /// What the command prints in the root of the repository.
    func run() throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = URL(filePath: Repository.root)
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("MEDLEY_") }
            .merging(["PATH": "\(Self.products):/usr/local/bin:/usr/bin:/bin", "ORDERS_KEY": "secret"]) { $1 }
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    func isFulfilled(by printed: String) -> Bool {
        var lines = printed.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while lines.last == "" { lines.removeLast() }
        var expected = output
        while expected.last == "" { expected.removeLast() }
        return Self.matches(lines[...], expected[...])
    }

    private static func matches(_ lines: ArraySlice<String>, _ expected: ArraySlice<String>) -> Bool {
        guard let first = expected.first else { return lines.isEmpty }
        if first == "…" {
            return lines.indices.contains { matches(lines[$0...], expected.dropFirst()) }
                || matches([], expected.dropFirst())
        }
        return lines.first.map { Wildcard.matches($0, first) } == true
            && matches(lines.dropFirst(), expected.dropFirst())
    }
}
