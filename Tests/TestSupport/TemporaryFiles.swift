import Foundation

/// Writes files, each by its path without `.json`, into a directory that is there for the time of `body`.
public func withFiles<Result>(_ files: [String: String], _ body: (_ directory: String) async throws -> Result)
    async throws -> Result
{
    let directory = FileManager.default.temporaryDirectory.appending(path: "medley-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    for (name, text) in files {
        let file = directory.appending(path: name + ".json")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
    return try await body(directory.path)
}
