import ArgumentParser
import CSchemas
import Cases
import Foundation

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a directory with an endpoint, recorded backends and cases, which works at once.",
        discussion: """
            Nothing that is there is written over: where one of the files exists already, none is made. schemas/ is what \
            editors complete keys from; each file names its schema.
            """
    )

    @Argument(help: "Where; made if it is not there. The working directory by default.", completion: .directory)
    var directory = "."

    func run() throws {
        let files = StarterFiles.all + Self.schemas
        let taken = files.map { path(of: $0.name) }.filter(Files.exists)
        guard taken.isEmpty else {
            Terminal.printError("error: '\(taken[0])' exists; nothing was written")
            Terminal.printError("  help: name a directory that is not there yet, for instance: medley init shop")
            throw ExitCode(1)
        }
        for file in files { try write(file) }
        Terminal.printLine(directory == "." ? "Made here:" : "Made \(directory)/ with")
        for file in StarterFiles.all { Terminal.printLine("  \(file.name)  \(file.purpose)") }
        Terminal.printLine("  schemas/  what editors complete keys from")
        Terminal.printLine("")
        Terminal.printLine("Try it:")
        if directory != "." { Terminal.printLine("  cd \(directory)") }
        Terminal.printLine("  medley test")
        Terminal.printLine("  medley serve --watch")
        Terminal.printLine("  curl -i http://127.0.0.1:8080/profile/42")
    }

    private func path(of name: String) -> String { directory == "." ? name : "\(directory)/\(name)" }

    private func write(_ file: StarterFiles.File) throws {
        let path = path(of: file.name)
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        do {
            if !folder.isEmpty {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
            // Not over a file that has come meanwhile.
            try Data(file.bytes).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        } catch {
            Terminal.printError("error: '\(path)' cannot be written: \(error.localizedDescription)")
            throw ExitCode(1)
        }
    }

    private static var schemas: [StarterFiles.File] {
        (0..<medley_schema_count()).map { index in
            let schema = medley_schema_at(index)
            return StarterFiles.File(
                name: "schemas/" + String(cString: schema.name),
                purpose: "",
                bytes: Array(UnsafeBufferPointer(start: schema.bytes, count: schema.count))
            )
        }
    }
}
