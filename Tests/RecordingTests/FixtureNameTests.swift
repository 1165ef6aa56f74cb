import Testing

@testable import Recording

@Suite("Names of recorded fixtures")
struct FixtureNameTests {
    private func name(_ target: String, method: String = "GET", isTold: Bool = true, request: String = "")
        -> FixtureName
    {
        let parts = RecordedTarget(target, RecordingRules())
        return FixtureName(
            method: method,
            path: parts.path,
            query: parts.query,
            isTold: isTold,
            request: Array(request.utf8)
        )
    }

    @Test(
        "a name says the request in small letters",
        arguments: [
            ("GET", "/users/42", "users-42"), ("GET", "/", "root"), ("GET", "/users/", "users"),
            ("POST", "/Orders", "post-orders"), ("GET", "/search?q=green+tea&page=2", "search_page-2_q-green-tea"),
            ("GET", "/a?ids=1,2&ids=3", "a_ids-1-2-3"), ("GET", "/caf%C3%A9/a%20b", "caf-a-b"),
            ("GET", "/%E6%97%A5", "root"),
            ("GET", "/../..%2F..%2Fetc/passwd", "etc-passwd"), ("GET", "/_scenarios/.x", "scenarios-x"),
            ("GET", "/feed.json", "feed-json"), ("GET", "/?q", "root_q"), ("M-SEARCH", "/", "m-search-root"),
        ]
    )
    func stems(method: String, target: String, stem: String) {
        #expect(name(target, method: method).stem == stem)
    }

    @Test("every name is short, portable, and no file that is left out of a set")
    func portable() {
        let targets = [
            "/con", "/NUL", "/lpt1", "/" + String(repeating: "a/", count: 500), "/%00", "/a?\u{1}=*|<>:\"\\",
        ]
        for target in targets {
            let names = name(target).candidates
            for name in names {
                #expect(name.utf8.count <= 64 + 17)
                #expect(name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-_".utf8.contains($0) })
                #expect(!name.hasPrefix("_") && !["con", "nul", "lpt1"].contains(name))
            }
            #expect(Set(names).count == names.count)
        }
    }

    @Test("a hash stands behind a name only where the name does not say all, and is that of the request")
    func hashes() {
        #expect(name("/users/42").candidates.first == "users-42")
        let first = name("/orders", method: "POST", isTold: false, request: "a").candidates.first
        #expect(first == "post-orders-af63dc")
        #expect(name("/orders", method: "POST", isTold: false, request: "b").candidates.first != first)
        #expect(name("/" + String(repeating: "a", count: 65)).candidates.first?.utf8.count == 64 + 7)
    }
}
