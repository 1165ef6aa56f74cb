import Foundation
import Testing

@testable import Gateway

/// What a client is told whose request does not fit, over sockets and byte for byte.
@Suite("Requests that do not fit")
struct RequestProblemTests {
    private static let composition = #"""
        {"endpoint": "POST /orders/{id}",
         "parameters": {
           "id": {"type": "integer", "minimum": 1},
           "tag": {"in": "query", "type": "array", "maxItems": 2},
           "tenant": {"in": "header", "name": "X-Tenant", "enum": ["a", "b"]},
           "session": {"in": "cookie", "pattern": "^[0-9a-f]+$"}},
         "requestBody": {
           "type": "object", "required": ["lines"], "additionalProperties": false,
           "properties": {
             "lines": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["sku"],
               "properties": {"sku": {"type": "string", "maxLength": 8}, "qty": {"type": "integer", "minimum": 1}}}},
             "a/b": {"type": "boolean"}}},
         "calls": {"u": {"backend": "users", "method": "POST", "path": "/u",
           "headers": {"X-Id": "{request.id}", "Accept-Language": "{request.language}"},
           "query": {"tag": "{tag}"},
           "body": {"lines": "{request.body.lines}", "tenant": "{tenant}", "session": "{session}"}}},
         "response": {"body": {"got": "{u}", "id": "{request.id}", "at": "{request.time}"}}}
        """#

    private static let fixture = #"""
        {"request": {"method": "POST", "path": "/u", "query": {"tag": ["x", "y"]},
           "headers": {"x-id": "call-1", "x-request-id": "call-1", "accept-language": "de-CH"},
           "body": {"lines": [{"sku": "t-1", "qty": 1}], "tenant": "a", "session": "0f"}},
         "response": {"body": true}}
        """#

    private func ask(_ target: String, _ fields: [String] = [], body: String) async throws -> FrontTestClient.Reply {
        var reply: FrontTestClient.Reply?
        try await withGateway([Self.composition], fixtures: ["users/u": Self.fixture]) { port, gateway, _ in
            let client = try FrontTestClient(port: port)
            let head = ["POST \(target) HTTP/1.1", "Host: a", "Content-Length: \(body.utf8.count)"] + fields
            reply = try await client.exchange(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
            client.disconnect()
            _ = await gateway.stop()
        }
        return try #require(reply)
    }

    @Test("a request that fits is answered, with its id and the time")
    func fits() async throws {
        let fields = [
            "Content-Type: application/json", "x-tenant: a", "Cookie: other=1; session=\"0f\"", "X-Request-Id: call-1",
            "Accept-Language: en;q=0.5, de-CH",
        ]
        let reply = try await ask("/orders/7?tag=x&tag=y", fields, body: #"{"lines":[{"sku": "t-1", "qty": 1}]}"#)
        #expect(reply.status == 200)
        let time = try #require(reply.body.split(separator: "\"").dropLast().last)
        #expect(reply.body == #"{"got":true,"id":"call-1","at":"\#(time)"}"#)
        #expect(time.utf8.count == "2026-11-24T07:30:00.250Z".utf8.count)
        let seconds = try #require(ISO8601DateFormatter.withMilliseconds.date(from: String(time))).timeIntervalSinceNow
        #expect(abs(seconds) < 60)
    }

    @Test(
        "what does not fit is a problem that names the place",
        arguments: [
            (
                "/orders/0", [], "{}", 400,
                #""Bad Request","status":400,"detail":"The parameter 'id' must be at least 1.","parameter":"id"}"#
            ),
            (
                "/orders/1?tag=x&tag=y&tag=z", [], "{}", 400,
                #""Bad Request","status":400,"detail":"The parameter 'tag' must have at most 2 items.","parameter":"tag"}"#
            ),
            (
                "/orders/1", ["X-TENANT: c"], "{}", 400,
                #""Bad Request","status":400,"detail":"The header 'X-Tenant' must be one of a, b.","parameter":"X-Tenant"}"#
            ),
            (
                "/orders/1", ["Cookie: session=xyz"], "{}", 400,
                #""Bad Request","status":400,"detail":"The cookie 'session' must match ^[0-9a-f]+$.","parameter":"session"}"#
            ),
            (
                "/orders/1", [], "", 400,
                #""Bad Request","status":400,"detail":"The request's body is missing.","pointer":"","errors":[{"pointer":"","detail":"is missing"}]}"#
            ),
            (
                "/orders/1", [], #"{"lines": [{"qty": 0}, {"sku": "123456789"}], "a/b": 1, "x": 1}"#, 400,
                #""Bad Request","status":400,"detail":"In the request's body /lines/0/sku is missing, and 4 more.","pointer":"/lines/0/sku","errors":["#
                    + #"{"pointer":"/lines/0/sku","detail":"is missing"},"#
                    + #"{"pointer":"/lines/0/qty","detail":"must be at least 1"},"#
                    + #"{"pointer":"/lines/1/sku","detail":"must be at most 8 characters long"},"#
                    + #"{"pointer":"/a~1b","detail":"must be true or false"},"#
                    + #"{"pointer":"/x","detail":"is not known here"}]}"#
            ),
            (
                "/orders/1", [], #"{"lines": [}"#, 400,
                #""Bad Request","status":400,"detail":"The request's body is not JSON at byte 11: expected a value, found '}'."}"#
            ),
            (
                "/orders/1", ["Content-Type: application/x-www-form-urlencoded"], "lines=1", 415,
                #""Unsupported Media Type","status":415,"detail":"The request's body has the media type 'application/x-www-form-urlencoded'; what is read here is application/json."}"#
            ),
        ]
    )
    func problems(target: String, fields: [String], body: String, status: Int, expected: String) async throws {
        let reply = try await ask(target, fields, body: body)
        #expect(reply.status == status)
        #expect(reply.body == #"{"type":"about:blank","title":"# + expected)
        #expect(reply.header("Content-Type") == "application/problem+json")
        #expect(reply.header("Accept") == (status == 415 ? "application/json" : nil))
    }
}

extension ISO8601DateFormatter {
    /// RFC 3339 with milliseconds.
    fileprivate static var withMilliseconds: ISO8601DateFormatter {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        return formatter
    }
}
