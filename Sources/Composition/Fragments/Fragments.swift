public import Diagnostics

/// The files of a compositions directory that are no endpoints, but parts that endpoints share.
public struct Fragments: Sendable {
    /// The compositions directory as it begins the paths of all files, without a slash at its end.
    public let directory: String
    /// In the order of their paths.
    public let files: [SourceFile]
    private let filesByPath: [String: SourceFile]

    /// - Parameter files: those whose paths ``isFragment(_:)`` says are fragments.
    public init(directory: String, files: [SourceFile]) {
        self.directory = directory
        self.files = files
        self.filesByPath = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// No fragments at all.
    public init() {
        self.init(directory: "", files: [])
    }

    /// Whether a path relative to the compositions directory is a fragment's: its name or that of a folder above it
    /// begins with `_`.
    public static func isFragment(_ relativePath: String) -> Bool {
        relativePath.split(separator: "/").contains { $0.hasPrefix("_") }
    }

    /// The fragment at a path relative to the directory.
    func file(at relativePath: String) -> SourceFile? {
        filesByPath[directory.isEmpty ? relativePath : "\(directory)/\(relativePath)"]
    }

    /// A file's path relative to the directory.
    func relativePath(of file: SourceFile) -> String {
        guard !directory.isEmpty, file.path.hasPrefix(directory + "/") else { return file.path }
        return String(file.path.dropFirst(directory.count + 1))
    }
}
