import Composition
import CurlTransport
import JMESPath
import JSONSlices
import Logging
import NIOCore
import NIOHTTP1
import ResponseCache

/// What an operator asks of a running gateway, on an address of its own: `GET /metrics`, `POST /purge`, `POST /reload`.
///
/// Whoever may connect may ask, unless there is a token: then it stands in `Authorization: Bearer …`.
final class AdminHandler: FrontHandler {
    private let cache: ResponseCache
    private let token: String?
    private let metrics: @Sendable () async -> GatewayMetrics
    private let reload: Reload?
    private let logger: Logger

    init(
        cache: ResponseCache,
        token: String?,
        metrics: @escaping @Sendable () async -> GatewayMetrics,
        reload: Reload?,
        logger: Logger
    ) {
        self.metrics = metrics
        self.cache = cache
        self.token = token
        self.reload = reload
        self.logger = logger
    }

    func handle(_ request: FrontRequest, respond: Responder) -> any FrontCancellation {
        guard isAllowed(request) else {
            let problem = Problem(status: 401, detail: "The admin address wants its token: Authorization: Bearer ….")
            respond.send(problem.reply(headers: [("WWW-Authenticate", "Bearer")]))
            return NothingToCancel()
        }
        guard token != nil || !Self.isOfPage(request) else {
            let detail = "Without a token, the admin address does not answer pages in a browser."
            respond.send(Problem(status: 403, detail: detail).reply())
            return NothingToCancel()
        }
        if request.path == "/metrics" { return tell(request, respond) }
        guard request.path == "/purge" || request.path == "/reload" else {
            respond.send(Problem(status: 404, detail: "The admin address has /metrics, /purge and /reload.").reply())
            return NothingToCancel()
        }
        guard request.method == "POST" else {
            respond.send(Problem.methodNotAllowed(allow: ["POST"]))
            return NothingToCancel()
        }
        if request.path == "/reload" { return load(respond) }
        guard let target = Self.target(request.body) else {
            let detail =
                "The body is an object with one member: {\"url\": …}, {\"prefix\": …} or {\"tag\": …} with a text of at "
                + "most 8 KiB, or {\"all\": true}."
            respond.send(Problem(status: 400, detail: detail).reply())
            return NothingToCancel()
        }
        let (cache, logger) = (cache, logger)
        // Nothing of a request's way: a purge scans what is kept.
        let task = Task {
            let report = await cache.purge(target)
            logger.info(
                "purged",
                metadata: ["target": .string(target.words), "removed": .stringConvertible(report.removed)]
            )
            respond.send(Self.reply(to: report))
        }
        return Purging(task: task)
    }

    private func tell(_ request: FrontRequest, _ respond: Responder) -> any FrontCancellation {
        guard request.method == "GET" || request.isHead else {
            respond.send(Problem.methodNotAllowed(allow: ["GET", "HEAD"]))
            return NothingToCancel()
        }
        let metrics = metrics
        let task = Task {
            let fields = [("Content-Type", MetricsText.mediaType), ("Cache-Control", "no-store")]
            respond.send(FrontReply(status: 200, headers: fields, body: Array(await metrics().text.utf8)))
        }
        return Purging(task: task)
    }

    private func load(_ respond: Responder) -> any FrontCancellation {
        guard let reload else {
            respond.send(Problem(status: 501, detail: "This gateway was not started from files.").reply())
            return NothingToCancel()
        }
        return Purging(task: Task { respond.send(Self.reply(to: await reload())) })
    }

    /// 200 with what has changed, or 422 with what is wrong with the files.
    static func reply(to outcome: ReloadOutcome) -> FrontReply {
        switch outcome {
        case .loaded(let endpoints, let changes, let ignored):
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("endpoints")
            writer.write(.number(JSONNumber(endpoints)))
            let lists = [
                ("added", changes.added), ("changed", changes.changed), ("removed", changes.removed),
                ("ignored", ignored),
            ]
            for (name, texts) in lists {
                writer.key(name)
                writer.beginArray()
                for text in texts { writer.write(string: text) }
                writer.endArray()
            }
            writer.endObject()
            return FrontReply(
                status: 200,
                headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
                body: writer.finish()
            )
        case .refused(let errors):
            let problem = Problem(
                status: 422,
                detail: "The files have errors; what was served before goes on.",
                extensions: [Problem.Member("errors", .array(errors.map { .string($0) }))]
            )
            return problem.reply()
        }
    }

    private struct Purging: FrontCancellation {
        let task: Task<Void, Never>

        /// A purge that has begun is finished, whoever listens.
        func cancel() {}
    }

    /// Whether a script of some page asks: it can reach a loopback address from the browser of whoever sits there, and needs
    /// nobody's leave for a plain POST (Fetch, section 2.2.2). A page that somebody has opened by its address is none.
    private static func isOfPage(_ request: FrontRequest) -> Bool {
        request.headers.contains(name: "origin")
            || request.headers["sec-fetch-site"].contains { $0 != "none" }
    }

    /// Compared in a time that does not tell how much of it is right.
    private func isAllowed(_ request: FrontRequest) -> Bool {
        guard let token else { return true }
        let given = request.headers["authorization"]
        // Schemes have no case (RFC 9110, section 11.1).
        guard given.count == 1, given[0].prefix("Bearer ".count).lowercased() == "bearer " else { return false }
        let text = Array(given[0].utf8.dropFirst("Bearer ".utf8.count))
        let wanted = Array(token.utf8)
        var difference = text.count ^ wanted.count
        for (index, byte) in text.enumerated() { difference |= Int(byte ^ wanted[index % max(1, wanted.count)]) }
        return difference == 0
    }

    static func target(_ body: [UInt8]) -> Purge.Target? {
        guard let object = try? JSONDocument(parsing: body).root, object.kind == .object, object.count == 1,
            let (key, value) = object.members.first(where: { _ in true })
        else { return nil }
        let text = value.string.flatMap { (1...8192).contains($0.utf8.count) ? $0 : nil }
        switch key.string {
        case "url": return text.map { .url($0) }
        case "prefix": return text.map { .prefix($0) }
        case "tag": return text.map { .tag($0) }
        case "all": return value.bool == true ? .all : nil
        default: return nil
        }
    }

    /// What was done, and whether other nodes know: a purge that only this one has carried out is no success.
    static func reply(to report: PurgeReport) -> FrontReply {
        switch report.outcome {
        case nil:
            return done(#"{"removed":\#(report.removed),"nodes":"this"}"#)
        case .published?:
            return done(#"{"removed":\#(report.removed),"nodes":"all"}"#)
        case .unavailable?:
            let detail =
                "Only this node has forgotten it: Redis, by which the others hear of a purge, cannot be reached. Ask again."
            return Problem(status: 503, detail: detail, extensions: [.init("removed", .int(report.removed))]).reply()
        case .tooLong?:
            return Problem(status: 400, detail: "The text is longer than 8 KiB.").reply()
        }
    }

    private static func done(_ body: String) -> FrontReply {
        FrontReply(status: 200, headers: [("Content-Type", "application/json")], body: Array(body.utf8))
    }
}

extension Purge.Target {
    /// For the log: `tag rates`.
    fileprivate var words: String {
        switch self {
        case .url(let text): "url \(text)"
        case .prefix(let text): "prefix \(text)"
        case .tag(let text): "tag \(text)"
        case .all: "all"
        }
    }
}
