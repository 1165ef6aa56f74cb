import ArgumentParser
import Diagnostics

/// How findings are printed.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
    /// As compilers do, on standard error.
    case text
    /// One JSON document on standard output.
    case json
    /// GitHub's workflow commands on standard output.
    case github
}

extension Terminal {
    static func report(_ diagnostics: DiagnosticList, as format: ReportFormat) {
        switch format {
        case .text: report(diagnostics)
        case .json: printLine(diagnostics.jsonReport())
        case .github: write(diagnostics.githubReport())
        }
    }
}
