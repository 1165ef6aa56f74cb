import Testing

@testable import JMESPath

@Suite("Template scanner")
struct TemplateScannerTests {
    @Test("text and expressions come apart at their braces")
    func pieces() throws {
        #expect(
            try TemplateScanner.scan("Hello {user.name}, {n}!") == [
                .text("Hello "), .expression("user.name", offset: 7), .text(", "), .expression("n", offset: 20),
                .text("!"),
            ]
        )
        #expect(try TemplateScanner.scan("") == [])
        #expect(try TemplateScanner.scan("{a}") == [.expression("a", offset: 1)])
    }

    @Test(
        "braces inside quotes, backticks and hashes do not end an expression",
        arguments: ["user.{id: id}", "'}'", "'{'", #""}""#, "`{\"a\": \"}\"}`", #"'\'}'"#, "a.{b: {c: '}'}}"]
    )
    func nesting(source: String) throws {
        #expect(try TemplateScanner.scan("{\(source)}") == [.expression(source, offset: 1)])
    }

    @Test(
        "what cannot be a template is refused with the place",
        arguments: [
            ("{{user}}", 0..<2), ("a {b", 2..<3), ("a } b", 2..<3), ("{}", 0..<2), ("{ }", 0..<3), ("{'a}", 1..<2),
            ("{`a}", 1..<2),
        ]
    )
    func failures(text: String, range: Range<Int>) {
        #expect {
            try TemplateScanner.scan(text)
        } throws: { error in
            (error as? TemplateScanner.Failure)?.range == range
        }
    }
}
