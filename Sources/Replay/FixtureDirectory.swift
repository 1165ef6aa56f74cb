import Diagnostics

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A fixture's file: its text, and the name it has below its backend's folder.
struct FixtureFile: Sendable {
    let name: String
    let source: SourceFile
}

/// The directory that holds a folder of fixtures for each backend.
struct FixtureDirectory {
    let path: String

    /// Folders within folders beyond this depth are refused.
    private static let maximumDepth = 16

    init(path: String) {
        var path = path
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// The files of each backend in the order of their names; nil when there is no such directory.
    func read(_ diagnostics: DiagnosticList) -> [String: [FixtureFile]]? {
        guard let entries = entries(of: path, diagnostics) else {
            diagnostics.error("there is no directory '\(path)' with fixtures")
            return nil
        }
        var backends: [String: [FixtureFile]] = [:]
        for entry in entries {
            if entry.hasSuffix(".json") {
                let file = SourceFile(path: "\(path)/\(entry)", bytes: [])
                let help = "move it to \(path)/<backend>/\(entry)"
                diagnostics.error("a fixture belongs in the folder of its backend", in: file, at: 0..<0, help: help)
                continue
            }
            var files: [FixtureFile] = []
            guard collect(below: "\(path)/\(entry)", prefix: "", depth: 1, into: &files, diagnostics) else { continue }
            backends[entry] = files
        }
        return backends
    }

    var scenariosPath: String { "\(path)/_scenarios" }

    /// The files of the scenarios in the order of their names; none when there is no folder for them.
    func scenarios(_ diagnostics: DiagnosticList) -> [FixtureFile] {
        var files: [FixtureFile] = []
        for name in scenarioNames(diagnostics) {
            if let file = file("\(scenariosPath)/\(name).json", name: name, diagnostics) { files.append(file) }
        }
        return files
    }

    func scenarioNames(_ diagnostics: DiagnosticList = DiagnosticList()) -> [String] {
        (entries(of: scenariosPath, diagnostics) ?? []).filter { $0.hasSuffix(".json") }.map(Self.name(ofFile:))
    }

    private static func name(ofFile entry: String) -> String { String(entry.dropLast(".json".count)) }

    private func file(_ path: String, name: String, _ diagnostics: DiagnosticList) -> FixtureFile? {
        guard let data = FileManager.default.contents(atPath: path) else {
            diagnostics.error("'\(path)' cannot be read")
            return nil
        }
        return FixtureFile(name: name, source: SourceFile(path: path, bytes: Array(data)))
    }

    /// False when the path is no directory.
    private func collect(
        below folder: String,
        prefix: String,
        depth: Int,
        into files: inout [FixtureFile],
        _ diagnostics: DiagnosticList
    ) -> Bool {
        guard let entries = entries(of: folder, diagnostics) else { return false }
        guard depth <= Self.maximumDepth else {
            diagnostics.error("'\(folder)' is nested too deeply: \(Self.maximumDepth) folders are the most")
            return true
        }
        for entry in entries {
            let path = "\(folder)/\(entry)"
            guard entry.hasSuffix(".json") else {
                // A link to a folder could lead back to where it stands, and three of them to no end.
                guard (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) == nil else { continue }
                _ = collect(below: path, prefix: "\(prefix)\(entry)/", depth: depth + 1, into: &files, diagnostics)
                continue
            }
            if let file = file(path, name: prefix + Self.name(ofFile: entry), diagnostics) { files.append(file) }
        }
        return true
    }

    /// The names in a folder, sorted, without hidden and reserved ones; nil when the path is no directory.
    private func entries(of folder: String, _ diagnostics: DiagnosticList) -> [String]? {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { !$0.hasPrefix(".") && !$0.hasPrefix("_") }
                .sorted()
        } catch let error as CocoaError where error.code == .fileReadNoPermission {
            diagnostics.error("'\(folder)' cannot be read: permission denied")
            return []
        } catch {
            return nil
        }
    }
}
