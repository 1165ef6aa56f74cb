import Testing

@testable import Gateway

@Suite("Router")
struct RouterTests {
    private func router(_ routes: [Route<Int>]) throws -> Router<Int> { try Router(routes) }

    private func route(_ method: String, _ pattern: String, _ endpoint: Int) -> Route<Int> {
        Route(method, Self.segments(pattern), endpoint)
    }

    static func segments(_ pattern: String) -> [RouteSegment] {
        pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { text in
            guard text.first == "{", text.last == "}" else { return .literal(String(text)) }
            let name = text.dropFirst().dropLast()
            return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .parameter(String(name))
        }
    }

    /// `7 [a,b]`, `404`, `405 GET,HEAD` or `400`.
    private func look(_ router: Router<Int>, _ method: String, _ path: String) -> String {
        switch router.lookup(method: method, rawPath: path) {
        case .found(let endpoint, let parameters): "\(endpoint) [\(parameters.joined(separator: ","))]"
        case .methodNotAllowed(let allow): "405 \(allow.joined(separator: ","))"
        case .notFound: "404"
        case .badPath: "400"
        }
    }

    @Test("a literal wins over a parameter, a parameter over a rest")
    func precedence() throws {
        let router = try router([
            route("GET", "/a/{rest...}", 1), route("GET", "/a/{x}", 2), route("GET", "/a/b", 3),
        ])
        #expect(look(router, "GET", "/a/b") == "3 []")
        #expect(look(router, "GET", "/a/c") == "2 [c]")
        #expect(look(router, "GET", "/a/c/d") == "1 [c/d]")
        #expect(look(router, "GET", "/a/") == "1 []")
        #expect(look(router, "GET", "/a") == "404")
    }

    @Test("a literal that leads nowhere is left for the parameter beside it")
    func backtracking() throws {
        let router = try router([
            route("GET", "/a/{x}/c", 1), route("GET", "/a/b/d", 2), route("GET", "/{all...}", 3),
            route("GET", "/a/{x}/{y}/e", 4),
        ])
        #expect(look(router, "GET", "/a/b/c") == "1 [b]")
        #expect(look(router, "GET", "/a/b/d") == "2 []")
        #expect(look(router, "GET", "/a/b/c/e") == "4 [b,c]")
        #expect(look(router, "GET", "/a/b/c/f") == "3 [a/b/c/f]")
        #expect(look(router, "GET", "/a/q/d") == "3 [a/q/d]")
    }

    @Test("a literal path that lacks the method is left for a parameter that has it")
    func backtrackingOverMethods() throws {
        let router = try router([route("GET", "/a/b", 1), route("POST", "/a/{x}", 2)])
        #expect(look(router, "POST", "/a/b") == "2 [b]")
        #expect(look(router, "DELETE", "/a/b") == "405 GET,HEAD,POST")
        #expect(look(router, "GET", "/a/c") == "405 POST")
    }

    @Test("HEAD is served by GET unless it has a route of its own; ANY takes what is left")
    func methods() throws {
        let router = try router([
            route("GET", "/a", 1), route("GET", "/b", 2), route("HEAD", "/b", 3), route("ANY", "/c", 4),
            route("PUT", "/c", 5),
        ])
        #expect(look(router, "HEAD", "/a") == "1 []")
        #expect(look(router, "HEAD", "/b") == "3 []")
        #expect(look(router, "HEAD", "/c") == "4 []")
        #expect(look(router, "PUT", "/c") == "5 []")
        #expect(look(router, "BREW", "/c") == "4 []")
        #expect(look(router, "get", "/a") == "405 GET,HEAD")
    }

    @Test("literals are compared decoded, parameters are returned raw")
    func percentEncoding() throws {
        let router = try router([
            route("GET", "/a", 1), route("GET", "/caf\u{E9}/{x}", 2), route("GET", "/p/{x}/{y}", 3),
        ])
        #expect(look(router, "GET", "/%61") == "1 []")
        #expect(look(router, "GET", "/caf%C3%A9/%41%2Fb") == "2 [%41%2Fb]")
        #expect(look(router, "GET", "/caf%c3%a9/x") == "2 [x]")
        #expect(look(router, "GET", "/p/a%2fb/%25") == "3 [a%2fb,%25]")
        #expect(look(router, "GET", "/p/%FF/z") == "3 [%FF,z]")
    }

    @Test("an encoded slash separates nothing", arguments: ["/p%2Fa", "/p%2fa"])
    func encodedSlash(path: String) throws {
        let router = try router([route("GET", "/p/{x}", 1)])
        #expect(look(router, "GET", path) == "404")
    }

    @Test(
        "dot segments, NUL and broken escapes are refused wherever they stand",
        arguments: [
            "/.", "/..", "/a/../b", "/a/./b", "/%2e", "/%2E%2e/b", "/a/.%2E", "/a/%2e.", "/a%", "/a%4", "/a%zz", "/%",
            "/a%00", "", "a", "*", "/rest/x/../y",
        ]
    )
    func badPaths(path: String) throws {
        let router = try router([route("GET", "/a", 1), route("GET", "/rest/{rest...}", 2)])
        #expect(look(router, "GET", path) == "400")
    }

    @Test("names that merely begin with dots are names", arguments: ["/...", "/.well-known", "/..a", "/%2e%2e%2e"])
    func dottedNames(path: String) throws {
        let router = try router([route("GET", "/{x}", 1)])
        #expect(look(router, "GET", path) == "1 [\(path.dropFirst())]")
    }

    @Test("empty segments and trailing slashes count")
    func emptySegments() throws {
        let router = try router([
            route("GET", "/", 0), route("GET", "/a", 1), route("GET", "/b/", 2), route("GET", "/c/{x}", 3),
            route("GET", "/d/{r...}", 4),
        ])
        #expect(look(router, "GET", "/") == "0 []")
        #expect(look(router, "GET", "//") == "404")
        #expect(look(router, "GET", "/a/") == "404")
        #expect(look(router, "GET", "/b") == "404")
        #expect(look(router, "GET", "/b/") == "2 []")
        #expect(look(router, "GET", "/c/") == "404")
        #expect(look(router, "GET", "/d/x//y/") == "4 [x//y/]")
        #expect(look(try Router([Route("GET", [], 9)]), "GET", "/") == "9 []")
    }

    @Test("routes that match the same requests are reported in pairs, whatever their parameters are called")
    func conflicts() {
        let routes = [
            route("GET", "/a/{x}", 0), route("GET", "/a/{y}", 1), route("POST", "/a/{z}", 2), route("GET", "/b", 3),
            route("GET", "/b", 4), route("GET", "/c/{r...}", 5), route("GET", "/c/{s...}", 6),
            route("GET", "/c/{t}", 7),
        ]
        #expect(
            throws: RoutingError(
                conflicts: [.init(first: 0, second: 1), .init(first: 3, second: 4), .init(first: 5, second: 6)],
                restNotLast: []
            )
        ) { try Router(routes) }
    }

    @Test("a rest must come last")
    func restNotLast() {
        let routes = [Route("GET", [.rest("r"), .literal("x")], 0)]
        #expect(throws: RoutingError(conflicts: [], restNotLast: [0])) { try Router(routes) }
    }

    @Test("thousands of routes are all found")
    func manyRoutes() throws {
        let routes = (0..<5000).map { route("GET", "/group\($0 % 70)/{id}/item\($0)", $0) }
        let router = try router(routes)
        for index in stride(from: 0, to: 5000, by: 7) {
            #expect(look(router, "GET", "/group\(index % 70)/x/item\(index)") == "\(index) [x]")
        }
        #expect(look(router, "GET", "/group1/x/item0") == "404")
        #expect(look(router, "GET", "/" + String(repeating: "a/", count: 4000)) == "404")
    }
}
