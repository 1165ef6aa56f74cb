import Diagnostics
import Foundation

/// Results as JUnit's XML, which CI systems read: a suite for each file, a test case for each case.
public enum JUnitReport {
    public static func text(of results: [CaseResult], took duration: Duration) -> String {
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            "<testsuites\(attributes([("name", "medley")]))\(counts(results, duration))>",
        ]
        var paths: [String] = []
        for result in results where paths.last != result.file.path { paths.append(result.file.path) }
        for path in paths {
            let results = results.filter { $0.file.path == path }
            let sum = results.reduce(Duration.zero) { $0 + $1.duration }
            lines.append("  <testsuite\(attributes([("name", path)]))\(counts(results, sum))>")
            lines += results.flatMap(testCase)
            lines.append("  </testsuite>")
        }
        return lines.joined(separator: "\n") + "\n</testsuites>\n"
    }

    private static func testCase(_ result: CaseResult) -> [String] {
        let place = result.subject.place
        let line = place.file.position(of: place.range.lowerBound).line
        let opening =
            "    <testcase"
            + attributes([
                ("name", result.subject.name), ("classname", result.file.path), ("time", seconds(result.duration)),
                ("file", result.file.path), ("line", String(line)),
            ])
        guard let first = result.mismatches.first else { return ["\(opening)/>"] }
        let details = CaseReport(isColoured: false).lines(of: result).dropFirst().joined(separator: "\n")
        return [
            "\(opening)>", "      <failure\(attributes([("message", first.message)]))>\(escaped(details))</failure>",
            "    </testcase>",
        ]
    }

    private static func counts(_ results: [CaseResult], _ duration: Duration) -> String {
        attributes([
            ("tests", String(results.count)), ("failures", String(results.count { !$0.hasPassed })), ("errors", "0"),
            ("time", seconds(duration)),
        ])
    }

    private static func attributes(_ pairs: [(String, String)]) -> String {
        pairs.map { " \($0)=\"\(escaped($1).replacing("\n", with: "&#10;").replacing("\t", with: "&#9;"))\"" }.joined()
    }

    private static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return String(format: "%.3f", Double(seconds) + Double(attoseconds) / 1e18)
    }

    /// Markup escaped; characters that XML 1.0 does not have (section 2.2) become U+FFFD.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\r": escaped += "&#13;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
