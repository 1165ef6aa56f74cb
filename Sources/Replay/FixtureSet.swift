public import Diagnostics

/// All fixtures of a directory, read and checked.
public struct FixtureSet: Sendable {
    /// Every backend that has a folder, with its fixtures in the order of their names; a folder without fixtures gives
    /// a backend that misses every request.
    public let backends: [String: [Fixture]]

    public init(backends: [String: [Fixture]]) {
        self.backends = backends
    }

    /// Reads `<directory>/<backend>/**/<name>.json`, one exchange a file, in the order of their paths.
    ///
    /// Left out are names that begin with `.` or `_` and files that are not `.json`. Blocks while it reads.
    ///
    /// - Returns: nil when the fixtures have errors; all of them are then in `diagnostics`.
    public static func load(directory: String, diagnostics: DiagnosticList) -> FixtureSet? {
        let errors = diagnostics.errorCount
        guard let files = FixtureDirectory(path: directory).read(diagnostics) else { return nil }
        let set = FixtureSet(reading: files, diagnostics: diagnostics)
        return diagnostics.errorCount == errors ? set : nil
    }

    /// Checks files that were read; what has errors is left out of the set.
    init(reading files: [String: [FixtureFile]], diagnostics: DiagnosticList) {
        var backends: [String: [Fixture]] = [:]
        for (backend, files) in files.sorted(by: { $0.key < $1.key }) {
            var seen: [ExpectedRequest: FixtureFile] = [:]
            backends[backend] = files.compactMap { file in
                guard let exchange = FixtureReader(file: file, backend: backend, diagnostics: diagnostics).read() else {
                    return nil
                }
                let request = exchange.fixture.request
                if let first = seen[request] {
                    diagnostics.error(
                        "the same request is answered by \(first.source.path)",
                        in: file.source,
                        at: exchange.place,
                        help: "keep one of the two, or tell them apart by 'query', 'headers' or 'body'"
                    )
                    return nil
                }
                seen[request] = file
                return exchange.fixture
            }
        }
        self.backends = backends
    }
}
