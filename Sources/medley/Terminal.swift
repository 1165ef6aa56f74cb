import Diagnostics
import Foundation

/// What the command line prints, and where.
enum Terminal {
    /// Colour only for a person: on a terminal, and not against `NO_COLOR` (no-color.org).
    static func hasColour(_ descriptor: CInt) -> Bool {
        isatty(descriptor) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"]?.isEmpty ?? true
    }

    static func printError(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Standard output at once, also into a pipe: a script may wait for the line.
    static func printLine(_ text: String) {
        write(text + "\n")
    }

    /// Standard output at once, the text as it is.
    static func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    /// Prints the findings as compilers do, in the order of the files, and a line that counts them.
    static func report(_ diagnostics: DiagnosticList) {
        let colour = hasColour(STDERR_FILENO)
        let findings = diagnostics.sorted()
        for finding in findings {
            printError(finding.rendered(colour: colour))
        }
        guard !findings.isEmpty else { return }
        let errors = findings.count { $0.severity == .error }
        let counts = [(errors, "error"), (findings.count - errors, "warning")].filter { $0.0 > 0 }
        printError(counts.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: ", "))
    }
}
