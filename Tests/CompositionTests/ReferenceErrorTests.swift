import Testing

@testable import Composition

@Suite("References that go wrong")
struct ReferenceErrorTests {
    @Test("an error in a fragment points into it, says from where it is used, and stands there once")
    func errors() {
        let (plans, findings) = compile(
            [
                home(call: ##"{"$ref": "_calls.json#/user"}"##),
                home(call: ##"{"$ref": "_calls.json#/user", "timeout": "1s"}"##, name: "other"),
            ],
            fragments: [("_calls.json", "{\"user\": {\n  \"backend\": \"users\", \"path\": \"/{usr.id}\"}}")]
        )
        #expect(plans.isEmpty)
        #expect(
            findings == [
                """
                compositions/_calls.json:2:34: error: no call or parameter is named 'usr'; did you mean 'user'?
                 2 |   "backend": "users", "path": "/{usr.id}"}}
                   |                                  ^~~
                  used by compositions/home.json:2:18
                  used by compositions/other.json:2:18
                """
            ]
        )
    }

    @Test("what is wrong with a call that has other names elsewhere stands there once too")
    func otherNames() {
        let other = ##"{"endpoint": "GET /o", "calls": {"person": {"$ref": "_calls.json#/user"}}}"##
        let (_, findings) = compile(
            [home(call: ##"{"$ref": "_calls.json#/user"}"##), ("other.json", other)],
            fragments: [("_calls.json", #"{"user": {"bakend": "users", "path": "/", "timeout": 5}}"#)]
        )
        #expect(findings.count == 2)
        #expect(findings.allSatisfy { $0.ranges(of: "used by").count == 2 }, "\(findings)")
    }

    @Test("an error in what overrides a fragment points to the override")
    func overrideErrors() {
        let (_, findings) = compile(
            [home(call: ##"{"$ref": "_shared/user.json#/calls/user", "timeout": "1x", "pth": 1}"##)],
            fragments: [userFragment]
        )
        #expect(findings.count == 2)
        #expect(findings.first?.hasPrefix("compositions/home.json:2:62: error: 'timeout' in the call 'user'") == true)
        #expect(
            findings.last?.hasPrefix("compositions/home.json:2:68: error: unknown key 'pth' in the call 'user'") == true
        )
    }

    @Test("a chain of references is told from the inside out")
    func chains() {
        let (_, findings) = compile(
            [home(call: ##"{"$ref": "_a.json#/x"}"##)],
            fragments: [
                ("_a.json", ##"{"x": {"$ref": "_b.json#/y"}}"##), ("_b.json", #"{"y": {"backend": "users"}}"#),
            ]
        )
        #expect(
            findings == [
                """
                compositions/_b.json:1:7: error: the call 'user' needs 'path'
                 1 | {"y": {"backend": "users"}}
                   |       ^
                  used by compositions/_a.json:1:16, which is used by compositions/home.json:2:18
                """
            ]
        )
    }

    @Test(
        "a reference that leads nowhere is one error, with the nearest name",
        arguments: [
            (
                "_shared/usr.json#/calls/user", "there is no fragment '_shared/usr.json'",
                "did you mean '_shared/user.json'?"
            ),
            ("_shared/user.json#/calls/usr", "'_shared/user.json#/calls' has no 'usr'", "did you mean 'user'?"),
            (
                "_shared/user.json#/calls/user/path/x",
                "'_shared/user.json#/calls/user/path' is a string, and has no 'x'", ""
            ),
            ("_shared/user.json#calls", "behind '#' stands a path of names", "write '#/calls'"),
            (
                "../_x.json", "'../_x.json' is outside of the compositions directory",
                "fragments stand in files below it"
            ),
            ("other.json#/calls/user", "'other.json' is no fragment", "begins with '_'"),
            ("/etc/_x.json", "a reference names a file by its path relative to this one", ""),
            ("https://x/_y.json", "a reference names a file by its path relative to this one", ""),
            ("", "an empty reference", "for instance"),
            ("_shared/user.json#/a~2", "'~' stands alone in 'a~2'", "write '~0' for '~'"),
            ("_shared/user.json#/%zz", "'%zz' is no percent-encoded UTF-8", ""),
            (
                "#/calls/user",
                "these references lead back to where they began: home.json#/calls/user → home.json#/calls/user", ""
            ),
            ("#", "these references lead back to where they began: home.json# → home.json#", ""),
        ]
    )
    func leadingNowhere(reference: String, message: String, help: String) {
        let (plans, findings) = compile([home(call: "{\"$ref\": \"\(reference)\"}")], fragments: [userFragment])
        let errors = findings.filter { !$0.contains("warning:") }
        #expect(plans.isEmpty)
        #expect(errors.count == 1, "\(errors)")
        #expect(errors.first?.hasPrefix("compositions/home.json:2:18: error: \(message)") == true, "\(errors)")
        #expect(errors.first?.contains(help) == true, "\(errors)")
    }

    @Test(
        "what cannot be a reference, or cannot be merged, is an error",
        arguments: [
            (#"{"$ref": 5}"#, "'$ref' must be a string, not a number"),
            (##"{"$ref": "_l.json#/0", "$ref": "_l.json"}"##, "the key '$ref' stands twice"),
            (##"{"$ref": "_l.json#/0", "path": "/", "path": "/"}"##, "the key 'path' stands twice in the call 'user'"),
            (##"{"$ref": "_l.json#/1"}"##, "'_l.json#' is a list of 1, and has no '1'"),
            (
                ##"{"$ref": "_l.json", "path": "/"}"##,
                "the reference is a list, and has no members that others could stand beside"
            ),
            (##"{"$ref": "_l.json"}"##, "the call 'user' must be an object, not a list"),
        ]
    )
    func mismatches(call: String, message: String) {
        let (_, findings) = compile([home(call: call)], fragments: [("_l.json", #"[{"backend": "users"}]"#)])
        #expect(findings.contains { $0.contains("error: \(message)") }, "\(findings)")
    }

    @Test("references that lead in a circle are told with the circle")
    func cycle() {
        let (_, findings) = compile(
            [home(call: ##"{"$ref": "_a.json#/x"}"##)],
            fragments: [
                ("_a.json", ##"{"x": {"$ref": "_b.json#/y"}}"##),
                ("_b.json", ##"{"y": {"body": {"$ref": "_a.json#/x"}}}"##),
            ]
        )
        #expect(findings.count == 1)
        #expect(
            findings.first?.hasPrefix(
                """
                compositions/_a.json:1:16: error: these references lead back to where they began: \
                _b.json#/y → _a.json#/x → _b.json#/y
                """
            ) == true,
            "\(findings)"
        )
    }

    @Test("fragments that use others twice are refused before they fill the memory")
    func explosion() {
        let fragments = (0..<31).map { index in
            ("_\(index).json", ##"{"a": {"$ref": "_\##(index + 1).json"}, "b": {"$ref": "_\##(index + 1).json"}}"##)
        }
        let (plans, findings) = compile(
            [home(call: ##"{"$ref": "_0.json"}"##)],
            fragments: fragments + [("_31.json", "{\"text\": \"\(String(repeating: "x", count: 4096))\"}")]
        )
        #expect(plans.isEmpty)
        #expect(
            findings.map { $0.prefix(98) } == [
                "compositions/home.json:1:1: error: with its fragments the composition is longer than 16 MiB\n 1 | {"
            ]
        )
    }

    @Test("a circle is found at once, however many ways lead around it")
    func manyCircles() {
        let fragments = (0..<14).map { index in
            let members = (0..<14).map { "\"m\($0)\": {\"$ref\": \"_\($0).json\"}" }
            return ("_\(index).json", "{\(members.joined(separator: ", "))}")
        }
        let (plans, findings) = compile([home(call: ##"{"body": {"$ref": "_0.json"}}"##)], fragments: fragments)
        #expect(plans.isEmpty)
        #expect(findings.count { $0.contains("these references lead back to where they began") } > 0)
        #expect(findings.count < 14 * 14 * 2)
    }

    @Test("fragments that are made of others alone are refused by their number")
    func references() {
        let fragments = (0..<20).map { index in
            ("_\(index).json", ##"[{"$ref": "_\##(index + 1).json"}, {"$ref": "_\##(index + 1).json"}]"##)
        }
        let (plans, findings) = compile(
            [home(call: ##"{"body": {"$ref": "_0.json"}}"##)],
            fragments: fragments + [("_20.json", "1")]
        )
        #expect(plans.isEmpty)
        #expect(
            findings.first?.contains("the composition is made of more than 10000 references") == true,
            "\(findings)"
        )
    }

    @Test("fragments that nest others ever deeper are refused")
    func depth() {
        let nested = (0..<31).map { index in
            let (open, close) = (String(repeating: "[", count: 100), String(repeating: "]", count: 100))
            return ("_\(index).json", "\(open){\"$ref\": \"_\(index + 1).json\"}\(close)")
        }
        let (plans, findings) = compile(
            [home(call: ##"{"body": {"$ref": "_0.json"}}"##)],
            fragments: nested + [("_31.json", "1")]
        )
        #expect(plans.isEmpty)
        let message = "with its fragments the composition is nested deeper than 128 lists and objects"
        #expect(findings.first?.hasPrefix("compositions/home.json:1:1: error: \(message)") == true, "\(findings)")
    }

    @Test("where the calls as a whole are missing, nothing follows from it")
    func missingCalls() {
        let (_, findings) = compile(
            [("a.json", ##"{"endpoint": "GET /a", "calls": {"$ref": "_x.json"}, "response": {"body": "{user}"}}"##)],
            fragments: []
        )
        #expect(findings.count == 1)
        #expect(findings.first?.contains("there is no fragment '_x.json'") == true)
    }

    @Test("a mistake in the file itself that a reference repeats stands there once, and so does each use")
    func sameFile() {
        let (_, findings) = compile(
            [
                (
                    "a.json",
                    """
                    {"endpoint": "GET /a", "calls": {
                    "u": {"backend": "users", "path": "/{idd}"}, "v": {"$ref": "#/calls/u"}, "w": {"$ref": "#/calls/u"}}}
                    """
                )
            ],
            fragments: []
        )
        let found = findings.filter { $0.contains("no call or parameter is named 'idd'") }
        #expect(found.count == 1)
        #expect(found.first?.ranges(of: "used by compositions/a.json:").count == 2)
    }
}
