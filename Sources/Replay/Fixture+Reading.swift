public import Diagnostics

extension Fixture {
    /// Reads and checks the text of one fixture's file.
    ///
    /// - Parameter name: the path of the file below its backend's folder, without `.json`.
    /// - Returns: nil when the text has errors; all of them are then in `diagnostics`.
    public static func read(
        _ source: SourceFile,
        backend: String,
        name: String,
        diagnostics: DiagnosticList
    ) -> Fixture? {
        let file = FixtureFile(name: name, source: source)
        return FixtureSet(reading: [backend: [file]], diagnostics: diagnostics).backends[backend]?.first
    }
}
