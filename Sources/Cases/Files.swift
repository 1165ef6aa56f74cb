public import Composition
public import Diagnostics
import Foundation

/// Reading the operator's files.
public enum Files {
    /// A file of settings, a composition or a fixture is text that a person writes: more than this is a mistake.
    public static let maximumSize = 16 << 20

    public static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    public static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    public static func read(
        _ path: String,
        _ diagnostics: DiagnosticList,
        maximumSize: Int = Files.maximumSize
    ) -> SourceFile? {
        guard exists(path) else {
            diagnostics.error("there is no file '\(path)'")
            return nil
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            diagnostics.error("'\(path)' cannot be read", help: "look at its permissions")
            return nil
        }
        guard data.count <= maximumSize else {
            diagnostics.error("'\(path)' has \(data.count) bytes; \(maximumSize) are the most")
            return nil
        }
        return SourceFile(path: path, bytes: Array(data))
    }

    /// The names of the folders in a directory, sorted, without hidden and reserved ones: those of the recorded backends,
    /// whether or not their fixtures can be read.
    public static func folders(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { !$0.hasPrefix(".") && !$0.hasPrefix("_") && isDirectory("\(directory)/\($0)") }.sorted()
    }

    /// The endpoints of a directory: its `.json` files and those below it, by name, without fragments.
    public static func compositions(in directory: String, _ diagnostics: DiagnosticList) -> [SourceFile]? {
        guard let names = jsonFiles(in: directory) else {
            diagnostics.error(
                "there is no directory '\(directory)'",
                help: "endpoints are JSON files in compositions/; name another directory with --compositions"
            )
            return nil
        }
        let endpoints = names.filter { !Fragments.isFragment($0) }
        guard !endpoints.isEmpty else {
            diagnostics.error(
                "'\(directory)' has no .json file" + (names.isEmpty ? "" : " that is an endpoint"),
                help: "write an endpoint, for instance home.json; what begins with '_' is a fragment"
            )
            return nil
        }
        return endpoints.compactMap { read("\(directory)/\($0)", diagnostics) }
    }

    /// The files of a directory that endpoints share parts of.
    public static func fragments(in directory: String, _ diagnostics: DiagnosticList) -> Fragments {
        let names = (jsonFiles(in: directory) ?? []).filter(Fragments.isFragment)
        return Fragments(
            directory: directory,
            files: names.compactMap { read("\(directory)/\($0)", diagnostics) }
        )
    }

    /// The files of cases in a directory and below it, by name.
    public static func cases(in directory: String, _ diagnostics: DiagnosticList) -> [SourceFile] {
        let names = (allJSONFiles(in: directory) ?? []).filter { $0.hasSuffix(caseSuffix) }
        return names.compactMap { read("\(directory)/\($0)", diagnostics) }
    }

    /// The files of the fixtures in a backend's folder and below it, by name; what cannot be read is left out.
    static func fixtures(in folder: String) -> [SourceFile] {
        let names = (allJSONFiles(in: folder) ?? []).filter { name in
            !name.split(separator: "/").contains { $0.hasPrefix("_") }
        }
        return names.compactMap { read("\(folder)/\($0)", DiagnosticList()) }
    }

    private static let caseSuffix = ".cases.json"

    /// The `.json` files that are not cases.
    private static func jsonFiles(in directory: String) -> [String]? {
        allJSONFiles(in: directory)?.filter { !$0.hasSuffix(caseSuffix) }
    }

    /// The `.json` files of a directory and those below it, sorted, as paths relative to it; nil when there is no such
    /// directory.
    ///
    /// What begins with a dot is passed over: editors leave such files behind, and a mounted volume keeps its versions
    /// under such names.
    private static func allJSONFiles(in directory: String) -> [String]? {
        let resolved = URL(filePath: directory).resolvingSymlinksInPath().path
        guard isDirectory(directory), let names = try? FileManager.default.subpathsOfDirectory(atPath: resolved) else {
            return nil
        }
        return names.filter { name in
            name.hasSuffix(".json") && !name.split(separator: "/").contains { $0.hasPrefix(".") }
        }.sorted()
    }
}
