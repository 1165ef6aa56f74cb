import JMESPath
import JSONSlices
import Testing

@Suite("Budgets and hostile input")
struct BudgetTests {
    private static let list = "[" + (0..<1000).map(String.init).joined(separator: ",") + "]"

    @Test(
        "what would make too much data fails before it is made",
        arguments: [
            "pad_left('x', `50000000`)", "pad_right('x', `99999999999999999999`)", "range(`0`, `9000000000000000000`)",
            "range(`-9000000000000000000`, `9000000000000000000`)",
            "let $a = pad_left('', `1000000`, 'x') in replace($a, 'x', $a)",
            "let $a = pad_left('', `1000000`, 'x') in replace($a, '', $a)",
            "join(pad_left('', `1000000`, 'x'), map(&'', range(`0`, `1000`)))",
            "split(pad_left('', `10000000`, 'x'), '')", "zip(range(`0`, `300000`), range(`0`, `300000`))",
        ]
    )
    func bytes(_ text: String) {
        #expect(failure(of: text)?.kind == .limit)
    }

    @Test("a result that shares its parts is counted with its whole text")
    func sharedResults() {
        let doubling = (1...60).reduce("'x'") { value, _ in "let $a = \(value) in [$a, $a]" }
        #expect(failure(of: doubling)?.kind == .limit)
        #expect(failure(of: "to_string(\(doubling))")?.kind == .limit)
        #expect(failure(of: "let $x = \(doubling) in $x == \(doubling)")?.kind == .limit)
    }

    @Test("what would take too long is stopped")
    func steps() {
        let nested = "let $l = @ in [*].{a: $l[*].{b: $l[*].{c: $l[*].a}}}"
        #expect(failure(of: nested, on: Self.list)?.kind == .limit)
        #expect(
            failure(of: "let $l = @ in [?contains($l, `-1`)]", on: Self.list, budget: EvaluationBudget(steps: 10_000))?
                .kind == .limit
        )
        #expect(failure(of: "@", budget: EvaluationBudget(steps: 0))?.range == 0..<1)
    }

    @Test(
        "objects selected by paths cost what evaluating their nodes one by one would",
        arguments: [
            ("a[].{x: i, y: p.q}", 39, 495), ("a[*].{x: i, y: p.q}", 39, 495), ("a[0].{x: i, y: p.q}", 15, 135),
        ]
    )
    func selectedPaths(_ text: String, _ steps: Int, _ bytes: Int) throws {
        let document = try JSONDocument(parsing: #"{"a":[{"i":1,"p":{"q":"xx"}},{"i":2,"p":{}},{"i":345}]}"#)
        let expression = try Expression.parse(text)
        var budget = EvaluationBudget(steps: steps, bytes: bytes)
        _ = try expression.evaluate(root: .slice(document.root), budget: &budget)
        #expect(budget == EvaluationBudget(steps: 0, bytes: 0))
        for (steps, bytes) in [(steps - 1, bytes), (steps, bytes - 1)] {
            var budget = EvaluationBudget(steps: steps, bytes: bytes)
            let error = #expect(throws: ExpressionError.self) {
                _ = try expression.evaluate(root: .slice(document.root), budget: &budget)
            }
            #expect(error?.kind == .limit)
        }
    }

    @Test("one budget is used up by several evaluations")
    func sharedBudget() throws {
        var budget = EvaluationBudget(steps: 10, bytes: 100)
        let expression = try Expression.parse("a")
        for _ in 0..<3 { _ = try expression.evaluate(root: .null, budget: &budget) }
        #expect(budget.steps < 10)
        #expect(budget.bytes == 100)
        #expect(throws: ExpressionError.self) {
            for _ in 0..<10 { _ = try expression.evaluate(root: .null, budget: &budget) }
        }
    }

    @Test(
        "nesting without end is a syntax error",
        arguments: [
            String(repeating: "(", count: 30_000), String(repeating: "[", count: 30_000),
            String(repeating: "!", count: 30_000), String(repeating: "-", count: 30_000),
            String(repeating: "{a:", count: 20_000), String(repeating: "a.", count: 30_000) + "a",
            String(repeating: "a|", count: 30_000) + "a", String(repeating: "a[*].", count: 12_000) + "a",
            String(repeating: "a||", count: 20_000) + "a", String(repeating: "a?", count: 30_000) + "a",
            String(repeating: "abs(", count: 16_000), String(repeating: "*.", count: 30_000) + "a",
            String(repeating: "[]", count: 30_000), String(repeating: "[?", count: 30_000),
            String(repeating: "let $a=", count: 9_000), "`" + String(repeating: "[", count: 60_000) + "`",
            String(repeating: "a+", count: 30_000) + "a", String(repeating: "a", count: 70_000),
        ]
    )
    func depth(_ text: String) {
        #expect(failure(of: text)?.kind == .syntax)
    }

    @Test("the deepest expressions that are accepted can be evaluated on a small stack")
    func smallStack() async throws {
        let depth = 120
        let expressions = [
            String(repeating: "(", count: depth) + "@" + String(repeating: ")", count: depth),
            String(repeating: "[", count: depth) + "@" + String(repeating: "]", count: depth),
            String(repeating: "!", count: depth) + "@",
            String(repeating: "abs(", count: depth) + "`1`" + String(repeating: ")", count: depth),
            "@" + String(repeating: "[*].a", count: depth),
            "@" + String(repeating: "|[@]", count: depth / 2),
            "@" + String(repeating: "[?@]", count: depth / 2),
            "`1`" + String(repeating: "+`1`", count: depth),
        ]
        let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        try await onSmallStack {
            for expression in expressions { _ = try evaluate(expression, on: "[[1]]") }
            #expect(try evaluate("@ == `\(deep)`", on: deep) == "true")
            #expect(try evaluate("length(to_string(camel_keys(@)))", on: deep) == "1000")
        }
    }

    @Test(
        "numbers far out of range are no trap",
        arguments: [
            Case("[99999999999999999999]", on: "[1]", gives: "null"),
            Case("[-99999999999999999999]", on: "[1]", gives: "null"),
            Case("[-99999999999999999999:99999999999999999999]", on: "[1,2]", gives: "[1,2]"),
            Case("[99999999999999999999::-99999999999999999999]", on: "[1,2]", gives: "[2]"),
            Case("[::99999999999999999999]", on: "[1,2]", gives: "[1]"),
            Case("[::-9223372036854775808]", on: "[1,2]", gives: "[2]"),
            Case("to_number('1e999999999')", gives: "1e999999999"),
            Case("@ == @", on: "1e999999999", gives: "true"),
            Case("`0e99999999999999999999` == `0`", gives: "true"),
        ]
    )
    func extremes(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "numbers beyond the limits are refused where they are computed with",
        arguments: [
            "@ + `1`", "@ == `1`", "@ < `1`", "sum([@, `1`])", "sort([@, `1`])", "abs(@)", "floor(@)", "-@", "@ // `1`",
        ]
    )
    func hugeNumbers(_ text: String) {
        for number in [
            "1e999999999", "-1e-999999999", "1e99999999999999999999999", String(repeating: "7", count: 20_000),
        ] {
            #expect(failure(of: text, on: number)?.kind == .invalidValue, "\(number.prefix(30))")
        }
    }
}
