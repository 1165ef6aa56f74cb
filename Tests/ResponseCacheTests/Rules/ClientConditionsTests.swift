import CurlTransport
import ResponseCache
import Testing

@Suite("What a client has already")
struct ClientConditionsTests {
    private func isNotModified(
        _ request: KeyValuePairs<String, String>,
        _ response: KeyValuePairs<String, String>,
        method: String = "GET",
        status: Int = 200
    ) -> Bool {
        ClientConditions.isNotModified(
            CacheRequest(method: method, headers: fields(request)),
            status: status,
            headers: fields(response),
            now: received
        )
    }

    @Test(
        "RFC 9110, section 13.1.2: If-None-Match names the tag, by weak comparison, anywhere in a list",
        arguments: [
            "\"a\"", "W/\"a\"", "\"1\", \"a\", \"2\"", "\"1\",W/\"a\"", "\"x,y\" , \"a\"", "*", " * ", "junk, \"a\"",
        ]
    )
    func matches(line: String) {
        #expect(isNotModified(["If-None-Match": line], ["ETag": "\"a\""]))
        #expect(isNotModified(["If-None-Match": line], ["ETag": "W/\"a\""]))
        #expect(isNotModified(["If-None-Match": "\"0\"", "If-None-Match": line], ["ETag": "\"a\""]))
    }

    @Test(
        "RFC 9110, section 13.1.2: another tag, or none, does not match",
        arguments: ["\"b\"", "a", "w/\"a\"", "\"a", "", "\"A\"", "\"b,\"a\""]
    )
    func differs(line: String) {
        #expect(!isNotModified(["If-None-Match": line], ["ETag": "\"a\""]))
    }

    @Test("RFC 9110, section 13.1.2: without an ETag only * matches")
    func noTag() {
        #expect(!isNotModified(["If-None-Match": "\"a\""], [:]))
        #expect(!isNotModified(["If-None-Match": "a"], ["ETag": "a"]))
        #expect(isNotModified(["If-None-Match": "*"], [:]))
    }

    @Test("RFC 9110, section 13.1.3: If-Modified-Since is not before Last-Modified")
    func dates() {
        #expect(isNotModified(["If-Modified-Since": date(-10)], ["Last-Modified": date(-10)]))
        #expect(isNotModified(["If-Modified-Since": date(-9)], ["Last-Modified": date(-10)]))
        #expect(!isNotModified(["If-Modified-Since": date(-11)], ["Last-Modified": date(-10)]))
        #expect(!isNotModified(["If-Modified-Since": "yesterday"], ["Last-Modified": date(-10)]))
        #expect(
            !isNotModified(["If-Modified-Since": date(0), "If-Modified-Since": date(0)], ["Last-Modified": date(-10)])
        )
        #expect(!isNotModified([:], ["Last-Modified": date(-10), "ETag": "\"a\""]))
    }

    @Test("RFC 9111, section 4.3.2: a response without Last-Modified is compared by its Date")
    func dateInstead() {
        #expect(isNotModified(["If-Modified-Since": date(5)], ["Date": date(0)]))
        #expect(!isNotModified(["If-Modified-Since": date(-5)], ["Date": date(0)]))
        #expect(!isNotModified(["If-Modified-Since": date(5)], [:]))
    }

    @Test("RFC 9110, section 13.2.2: If-None-Match takes precedence over If-Modified-Since")
    func precedence() {
        let response: KeyValuePairs = ["ETag": "\"a\"", "Last-Modified": date(-10)]
        #expect(!isNotModified(["If-None-Match": "\"b\"", "If-Modified-Since": date(0)], response))
        #expect(isNotModified(["If-None-Match": "\"a\"", "If-Modified-Since": date(-99)], response))
    }

    @Test("RFC 9110, section 13.2.1: conditions are for GET and HEAD, and for what would be a success")
    func scope() {
        #expect(isNotModified(["If-None-Match": "*"], [:], method: "HEAD"))
        #expect(!isNotModified(["If-None-Match": "*"], [:], method: "POST"))
        #expect(!isNotModified(["If-None-Match": "*"], [:], status: 404))
    }

    @Test("RFC 9110, section 15.4.5: a 304 carries what guides caches, and no more of the representation")
    func notModifiedFields() {
        let response = fields([
            "Date": date(0), "ETag": "\"a\"", "Vary": "A", "Cache-Control": "max-age=1", "Expires": date(1),
            "Content-Location": "/a", "Content-Type": "text/plain", "Content-Length": "9", "Last-Modified": date(-1),
        ])
        let names = ClientConditions.notModifiedFields(of: response).map(\.name)
        #expect(names == ["Date", "ETag", "Vary", "Cache-Control", "Expires", "Content-Location"])
        let untagged = fields(["Last-Modified": date(-1), "Content-Type": "text/plain"])
        #expect(ClientConditions.notModifiedFields(of: untagged).map(\.name) == ["Last-Modified"])
    }
}
