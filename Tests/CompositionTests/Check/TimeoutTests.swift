import Testing

@Suite("Timeouts that cannot be met")
struct TimeoutTests {
    private let help = #"give the endpoint more "timeout""#

    private func composition(_ timeouts: [String], timeout: String = #""timeout": "800ms", "#) -> String {
        """
        {"endpoint": "GET /a", \(timeout)"calls": {
          "a": {"backend": "b", "path": "/a"\(timeouts[0])},
          "b": {"backend": "b", "path": "/b", "query": {"q": "{a.id}"}\(timeouts[1])},
          "c": {"backend": "b", "path": "/c", "query": {"q": "{b.id}"}\(timeouts[2])}},
         "response": {"body": "{c}"}}
        """
    }

    @Test("a call with more time than its endpoint")
    func longerThanEndpoint() throws {
        #expect(
            try findings(composition([#", "timeout": "2s""#, "", ""])) == [
                #"2 ‹"2s"›: "#
                    + "warning: the call 'a' may take 2s, and the whole endpoint has 800ms|shorten it, or \(help)"
            ]
        )
        #expect(
            try findings(composition([#", "timeout": "11s""#, "", ""], timeout: "")) == [
                #"2 ‹"11s"›: "# + "warning: the call 'a' may take 11s, and the whole endpoint has 10s, the default|"
                    + "shorten it, or \(help)"
            ]
        )
    }

    @Test("required calls one after the other, of which the last cannot have its time")
    func chain() throws {
        #expect(
            try findings(composition([#", "timeout": "500ms""#, "", #", "timeout": "400ms""#])) == [
                #"4 ‹"400ms"›: "#
                    + "warning: a (500ms) → c (400ms) may take 900ms one after the other, and the endpoint has 800ms|"
                    + "shorten them, or \(help)"
            ]
        )
    }

    @Test("a call that may find no time left, told once for all that come after it")
    func noTimeLeft() throws {
        #expect(
            try findings(composition([#", "timeout": "500ms""#, #", "timeout": "300ms""#, #", "fallback": null"#])) == [
                #"4 ‹"c"›: "#
                    + "warning: a (500ms) → b (300ms) may take 800ms, which leaves 'c' none of the endpoint's 800ms|"
                    + "shorten them, or \(help)"
            ]
        )
        #expect(try findings(composition([#", "timeout": "801ms""#, "", #", "timeout": "10ms""#])).count == 1)
    }

    @Test(
        "times that fit are nobody's business: a fallback may be used early, and a backend's default is no promise",
        arguments: [
            ["", "", ""],
            [#", "timeout": "300ms""#, #", "timeout": "300ms""#, #", "timeout": "200ms""#],
            [#", "timeout": "500ms""#, "", #", "timeout": "400ms", "fallback": null"#],
        ]
    )
    func fitting(timeouts: [String]) throws {
        #expect(try findings(composition(timeouts)) == [])
    }
}
