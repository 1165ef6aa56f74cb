public import CurlTransport
import Synchronization

/// The copies that a proxy sends of its requests: their answers are read and forgotten, and what becomes of them changes
/// nothing for the client.
///
/// Safe from any thread.
public final class MirrorCopies: Sendable {
    /// A request with a longer body is not copied.
    public static let maximumBody = 1 << 20

    /// What became of one.
    public enum Outcome: String, CaseIterable, Sendable {
        /// Sent, and answered with whatever status.
        case answered
        /// Sent, and not answered.
        case failed
        /// Not sent: too many were under way, the body was too long, or it could not be made.
        case dropped
    }

    let mirror: Mirror
    private let bound: BoundBackend
    private let inFlight = Atomic<Int>(0)

    init(_ mirror: Mirror, to bound: BoundBackend) {
        self.mirror = mirror
        self.bound = bound
    }

    /// Where the copies go.
    public var backend: String { mirror.backend }

    /// Whether a request is to be copied, by what is known before its body.
    public func takes(_ request: ProxyForwarder.Request) -> Bool {
        mirror.takes(method: request.method, chance: request.chance)
    }

    /// A copy, which then has to be sent; nil where it has to be dropped.
    ///
    /// - Parameter passage: the request with its body; its changes are the copy's, too.
    public func copy(of passage: ProxyPassage) -> TransportRequest? {
        guard passage.request.body.count <= Self.maximumBody, let request = try? passage.transportRequest(to: bound)
        else { return nil }
        guard inFlight.wrappingAdd(1, ordering: .relaxed).oldValue < mirror.maxConcurrency else {
            inFlight.wrappingSubtract(1, ordering: .relaxed)
            return nil
        }
        return request
    }

    /// Sends a copy and waits for its answer. On `loop`.
    public func send(_ copy: TransportRequest, on loop: CurlLoop) async -> Outcome {
        defer { inFlight.wrappingSubtract(1, ordering: .relaxed) }
        do throws(TransportError) {
            _ = try await loop.perform(copy)
            return .answered
        } catch {
            // Nobody wants the rest of it.
            if case .tooLarge = error { return .answered }
            return .failed
        }
    }
}
