import Synchronization

/// What a load balancer asks: `/_medley/live` says that the process works, `/_medley/ready` that it wants requests.
///
/// Safe from any thread.
final class Health: Sendable {
    private let isDraining = Atomic<Bool>(false)

    func beginDraining() {
        isDraining.store(true, ordering: .relaxed)
    }

    /// The reply to a request below `/_medley/`; nil for any other.
    func reply(method: String, path: String) -> FrontReply? {
        guard path.utf8.starts(with: "/_medley/".utf8) else { return nil }
        guard path == "/_medley/live" || path == "/_medley/ready" else {
            return Problem.noEndpoint.reply()
        }
        guard method == "GET" || method == "HEAD" else {
            return Problem.methodNotAllowed(allow: ["GET", "HEAD"])
        }
        let isReady = path == "/_medley/live" || !isDraining.load(ordering: .relaxed)
        return FrontReply(
            status: isReady ? 200 : 503,
            headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
            body: Array((isReady ? #"{"status":"ok"}"# : #"{"status":"draining"}"#).utf8)
        )
    }
}
