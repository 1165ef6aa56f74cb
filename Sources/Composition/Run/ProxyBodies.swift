public import CurlTransport
import Diagnostics
import JSONSlices

/// JSON bodies that a proxy makes anew on their way, each by an expression over the body.
extension ProxyPassage {
    /// Puts what the expression makes of the client's body in its place. No body stays none.
    public mutating func changeBody(on loop: CurlLoop) async throws(ProxyForwarder.Failure) {
        guard let rule = plan.changes.requestBody, !request.body.isEmpty else { return }
        let (request, scope) = (request, scope)
        self.request.body = try await Self.offLoop(request.body.count, loop) { () throws(ProxyForwarder.Failure) in
            try Self.changed(request, by: rule, in: scope)
        }
        let length = ["content-length", "content-md5", "digest", "content-digest", "repr-digest"]
        self.request.headers.removeAll { field in length.contains { HeaderValidation.equal($0, field.name) } }
    }

    private static func changed(
        _ request: ProxyForwarder.Request,
        by rule: PlacedExpression,
        in scope: RenderScope
    ) throws(ProxyForwarder.Failure) -> [UInt8] {
        let value: JSONValue
        do throws(RequestFailure) {
            value = try RequestBody.value(of: request.body, fields: request.headers)
        } catch {
            throw ProxyForwarder.Failure(error)
        }
        do throws(RenderFailure) {
            return text(of: try rule.evaluate(root: value, in: scope))
        } catch {
            throw ProxyForwarder.Failure(
                status: 400,
                detail: "The request's body is not what the endpoint expects.",
                reason: error.reason,
                error: .invalidRequest(detail: error.detail)
            )
        }
    }

    /// A reply with its status, fields and body as the client gets them.
    func changed(
        _ reply: ProxyForwarder.Reply,
        on loop: CurlLoop
    ) async throws(ProxyForwarder.Failure) -> ProxyForwarder.Reply {
        var reply = reply
        if let rule = plan.changes.responseBody, (200..<300).contains(reply.status), reply.status != 204,
            reply.status != 205
        {
            try await change(&reply, by: rule, on: loop)
        }
        (reply.status, reply.headers) = try passedOn(status: reply.status, reply.headers)
        return reply
    }

    private func change(
        _ reply: inout ProxyForwarder.Reply,
        by rule: PlacedExpression,
        on loop: CurlLoop
    ) async throws(ProxyForwarder.Failure) {
        // They are the backend's body's.
        let validators = [
            "etag", "last-modified", "content-length", "content-md5", "digest", "content-digest", "repr-digest",
            "accept-ranges",
        ]
        let received = reply.headers
        reply.headers.removeAll { field in validators.contains { HeaderValidation.equal($0, field.name) } }
        guard request.method != "HEAD" || !reply.body.isEmpty else { return }
        let (body, scope) = (reply.body, scope)
        let text = try await Self.offLoop(body.count, loop) { () throws(ProxyForwarder.Failure) in
            try Self.changed(body, received, by: rule, in: scope)
        }
        reply.body = text
        guard request.method == "GET" || request.method == "HEAD", reply.status == 200 else { return }
        reply.headers.append(HeaderField(name: "ETag", value: ContentHash.entityTag(of: JSONPieces(text))))
        reply.isConditional = true
    }

    private static func changed(
        _ body: [UInt8],
        _ headers: [HeaderField],
        by rule: PlacedExpression,
        in scope: RenderScope
    ) throws(ProxyForwarder.Failure) -> [UInt8] {
        func refuse(_ detail: String) -> ProxyForwarder.Failure {
            ProxyForwarder.Failure(
                status: 502,
                detail: "The backend's answer is not JSON, which the endpoint needs it to be.",
                reason: .invalidJSON,
                error: .badResponse(detail: detail)
            )
        }
        for field in headers {
            if HeaderValidation.equal(field.name, "content-type"), !RequestBody.isJSON(field.value) {
                throw refuse("'responseBody' needs JSON, and the media type is '\(field.value.prefix(100))'")
            }
            if HeaderValidation.equal(field.name, "content-encoding"), !HeaderValidation.equal(field.value, "identity")
            {
                throw refuse("the body has the coding '\(field.value.prefix(100))', which was not asked for")
            }
        }
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = .slice(try JSONDocument(parsing: body).root)
        } catch {
            throw refuse("the body is not JSON at byte \(error.offset): \(error)")
        }
        do throws(RenderFailure) {
            return text(of: try rule.evaluate(root: value, in: scope))
        } catch {
            throw ProxyForwarder.Failure(
                status: 502,
                detail: "The backend's answer is not what the endpoint expects.",
                reason: error.reason,
                error: .badResponse(detail: error.detail)
            )
        }
    }

    private static func text(of value: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(value)
        return writer.finish()
    }

    /// Works on a large body on another thread than the loop's.
    private static func offLoop(
        _ size: Int,
        _ loop: CurlLoop,
        _ work: @Sendable () throws(ProxyForwarder.Failure) -> [UInt8]
    ) async throws(ProxyForwarder.Failure) -> [UInt8] {
        guard size >= Answer.large else { return try work() }
        let result = await withTaskExecutorPreference(loop.bulk) {
            Result(catching: work)
        }
        return try result.get()
    }
}
