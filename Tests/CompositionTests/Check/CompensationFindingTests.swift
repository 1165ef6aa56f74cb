import Testing

@Suite("Calls that make good a failure")
struct CompensationFindingTests {
    private func found(_ when: String, method: String = "POST", paid: String = "") throws -> [String] {
        try findings(
            """
            {"endpoint": "POST /a", "calls": {
              "paid": {"backend": "b", "method": "POST", "path": "/pay"\(paid)},
              "undo": {"backend": "b", "method": "\(method)", "path": "/undo", \(when)
                "query": {"why": "{calls.paid.error}"}}},
             "response": {"body": "{paid}"}}
            """
        )
    }

    @Test("one without a condition is made when all goes well, too")
    func unconditional() throws {
        let warning =
            #"3 ‹"undo"›: warning: 'undo' reads the error of 'paid', and is made when 'paid' has not failed, too|"#
            + #"say "when": "calls.paid.error""#
        #expect(try found("") == [warning])
        #expect(try found(#""when": "paid","#) == [warning])
    }

    @Test("one with a condition is not, and after a call with a fallback it is no compensation")
    func conditional() throws {
        #expect(try found(#""when": "calls.paid.error","#) == [])
        #expect(try found("", paid: #", "fallback": null"#) == [])
    }
}
