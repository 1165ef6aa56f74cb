import Foundation
import JMESPath
import JSONSlices
import Testing

/// The test suite of JMESPath Community Edition, from the folder that `MEDLEY_CONFORMANCE` names:
///
///     MEDLEY_CONFORMANCE=path/to/jmespath-community swift test --filter Conformance
@Suite("Conformance")
struct ConformanceTests {
    static let folder = ProcessInfo.processInfo.environment["MEDLEY_CONFORMANCE"]

    /// Cases that are not met, by file and expression, and why.
    ///
    /// All of them are in `legacy`: literals that are no JSON and meant as strings, which JEP-12 made syntax errors.
    /// `jep-12/jep-12-literal.json` has the opposite of most of them.
    static let exceptions: [String: Set<String>] = [
        "legacy/legacy-literal.json": [
            "`foo`", "`foo\\\"quote`", "`✓`", "`1\\``", "`\\\\`.{a:`b`}", "`      foo`", "`0\u{85}`", "`0\u{A0}`",
            "`0\u{1680}`", "`0\u{2028}`", "`0\u{3000}`",
        ]
    ]

    @Test("every case of the suite has the result or the error it names", .enabled(if: folder != nil))
    func suite() throws {
        let cases = try ConformanceCase.all(in: URL(filePath: try #require(Self.folder)))
        var passed = 0
        var excepted = 0
        for testCase in cases {
            let isException = Self.exceptions[testCase.file]?.contains(testCase.expression) == true
            if let difference = testCase.difference() {
                excepted += isException ? 1 : 0
                if !isException { Issue.record("\(testCase.file): \(testCase.expression): \(difference)") }
            } else {
                passed += 1
                #expect(!isException, "\(testCase.file): \(testCase.expression) is met: no exception any more")
            }
        }
        #expect(!cases.isEmpty)
        print("conformance: \(passed) of \(cases.count) cases, \(excepted) exceptions")
    }
}

/// One expression of the suite with the document it is applied to.
struct ConformanceCase {
    let file: String
    let given: JSONSlice
    let expression: String
    /// nil when only parsing is asked for.
    let result: JSONSlice?
    let error: String?

    static func all(in folder: URL) throws -> [ConformanceCase] {
        let files = try #require(FileManager.default.subpaths(atPath: folder.path)).filter { $0.hasSuffix(".json") }
        return try files.sorted().flatMap { file in
            let bytes = try Data(contentsOf: folder.appending(path: file))
            return try JSONDocument(parsing: Array(bytes)).root.elements.flatMap { group in
                let given = try #require(group.member("given"))
                return try #require(group.member("cases")).elements.map { element in
                    ConformanceCase(
                        file: file,
                        given: given,
                        expression: try #require(element.member("expression")?.string),
                        result: element.member("result"),
                        error: element.member("error")?.string
                    )
                }
            }
        }
    }

    /// What is otherwise than it should be; nil when nothing is.
    func difference() -> String? {
        do throws(ExpressionError) {
            let expression = try Expression.parse(expression)
            var budget = EvaluationBudget()
            let value = try expression.evaluate(root: .slice(given), budget: &budget)
            if let error { return "expected the error \(error), found \(Self.text(value))" }
            guard let result else { return nil }
            let expected = JSONValue.slice(result)
            return value.isAlike(expected) ? nil : "expected \(Self.text(expected)), found \(Self.text(value))"
        } catch {
            guard let expected = self.error else { return "expected a result, found \(error)" }
            return error.kind.rawValue == expected ? nil : "expected the error \(expected), found \(error)"
        }
    }

    private static func text(_ value: JSONValue) -> String {
        var writer = JSONWriter()
        writer.write(value)
        return String(decoding: writer.finish(), as: UTF8.self)
    }
}

extension JSONValue {
    /// Equal as JSON, numbers as far as `Double` tells them apart: the suite's own quotients have no more digits.
    fileprivate func isAlike(_ other: JSONValue) -> Bool {
        guard kind == other.kind else { return false }
        switch kind {
        case .null, .true, .false: return true
        case .number: return numberText.flatMap(Double.init) == other.numberText.flatMap(Double.init)
        case .string: return string.map(ExactString.init) == other.string.map(ExactString.init)
        case .array:
            guard let mine = arrayElements, let others = other.arrayElements else { return false }
            return mine.count == others.count && zip(mine, others).allSatisfy { $0.isAlike($1) }
        case .object:
            guard let mine = objectMembers, other.objectMembers?.count == mine.count else { return false }
            return mine.allSatisfy { member in other.member(member.key).map(member.value.isAlike) == true }
        }
    }
}
