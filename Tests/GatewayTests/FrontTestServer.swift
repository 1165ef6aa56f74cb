import Logging
import NIOCore
import Synchronization
import Testing

@testable import Gateway

/// Answers in ways that tests ask for by path.
///
/// `/wait/NAME` is parked until `answer(NAME)`; `/big/N` has a body of N bytes; `/status/N` has that status;
/// `/twice` replies two times; anything else echoes what was understood.
final class FrontTestHandler: FrontHandler {
    enum Event: Hashable, Sendable {
        case parked(String)
        case cancelled(String)
    }

    let events: AsyncStream<Event>
    private let report: AsyncStream<Event>.Continuation
    private let parked = Mutex<[String: Responder]>([:])

    init() {
        (events, report) = AsyncStream.makeStream()
    }

    func handle(_ request: FrontRequest, respond: Responder) -> any FrontCancellation {
        if request.path.hasPrefix("/wait/") {
            let name = String(request.path.dropFirst(6))
            parked.withLock { $0[name] = respond }
            report.yield(.parked(name))
            return Cancellation(name: name, report: report)
        }
        if request.path.hasPrefix("/big/"), let count = Int(request.path.dropFirst(5)) {
            respond.send(FrontReply(status: 200, body: [UInt8](repeating: UInt8(ascii: "x"), count: count)))
        } else if request.path.hasPrefix("/status/"), let status = Int(request.path.dropFirst(8)) {
            respond.send(FrontReply(status: status, body: Array("body".utf8)))
        } else {
            respond.send(Self.echo(request))
        }
        if request.path == "/twice" { respond.send(FrontReply(status: 500)) }
        return NothingToCancel()
    }

    /// From the test's thread, and so from a foreign one.
    func answer(_ name: String, _ text: String = "") {
        responder(name)?.send(FrontReply(status: 200, body: Array((text.isEmpty ? name : text).utf8)))
    }

    func responder(_ name: String) -> Responder? {
        parked.withLock { $0[name] }
    }

    private static func echo(_ request: FrontRequest) -> FrontReply {
        let text = "\(request.method) \(request.path) ?\(request.query ?? "-") @\(request.host ?? "-") "
        return FrontReply(status: 200, headers: [("Content-Type", "text/plain")], body: Array(text.utf8) + request.body)
    }

    private struct Cancellation: FrontCancellation {
        let name: String
        let report: AsyncStream<Event>.Continuation

        func cancel() {
            report.yield(.cancelled(name))
        }
    }
}

extension FrontLimits {
    /// For tests that are not about deadlines: a machine that runs many at once may leave one alone for many seconds.
    static var patient: FrontLimits {
        var limits = FrontLimits()
        limits.headerTimeout = .minutes(5)
        limits.bodyTimeout = .minutes(5)
        limits.idleTimeout = .minutes(5)
        limits.writeTimeout = .minutes(5)
        return limits
    }
}

/// Tries with longer and longer deadlines what only shows when the client keeps up: a busy machine may not let it.
///
/// - Parameter body: gets by what to multiply its deadlines; returns whether the client was fast enough.
func atSomePace(_ body: (_ pace: Int64) async throws -> Bool) async throws {
    for pace: Int64 in [1, 4, 16] {
        do {
            if try await body(pace) { return }
        } catch let failure as FrontTestClient.Failure where failure.isReset || failure == .endOfInput {
            // Closed before it could say what it wanted.
        }
    }
    Issue.record("not even with sixteen times as long deadlines")
}

/// Runs `body` against a server on a free port of loopback, and ends it.
@discardableResult
func withFront<Result>(
    limits: FrontLimits = .patient,
    threads: Int = 1,
    log: AccessLog = AccessLog(logger: nil),
    http2: HTTP2Options = HTTP2Options(),
    _ body: (FrontServer, FrontTestHandler) async throws -> Result
) async throws -> Result {
    let handler = FrontTestHandler()
    let server = try await FrontServer.start(
        host: "127.0.0.1",
        port: 0,
        threads: threads,
        limits: limits,
        log: log,
        http2: http2,
        handler: handler
    )
    func end() async {
        _ = await server.drain(within: .zero)
        await server.shutdown()
    }
    do {
        let result = try await body(server, handler)
        await end()
        return result
    } catch {
        await end()
        throw error
    }
}

/// `GET path` with a Host field.
func get(_ path: String, _ fields: String...) -> String {
    "GET \(path) HTTP/1.1\r\nHost: h\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
}
