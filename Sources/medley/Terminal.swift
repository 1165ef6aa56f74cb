import Diagnostics
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

/// What the command line prints, and where.
enum Terminal {
    /// Colour only for a person: on a terminal, and not against `NO_COLOR` (no-color.org).
    static func hasColour(_ descriptor: CInt) -> Bool {
        let environment = ProcessInfo.processInfo.environment
        return isatty(descriptor) == 1 && environment["NO_COLOR"]?.isEmpty ?? true && environment["TERM"] != "dumb"
    }

    static func printError(_ text: String) {
        write(text + "\n", to: STDERR_FILENO)
    }

    /// Standard output at once, also into a pipe: a script may wait for the line.
    static func printLine(_ text: String) {
        write(text + "\n")
    }

    /// Standard output at once, the text as it is.
    static func write(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    /// Writes all of it. Where nobody reads any more, or nothing more can be written, the command goes on without: a gateway
    /// does not end because its first lines were piped into `head`.
    private static func write(_ text: String, to descriptor: CInt) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
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
