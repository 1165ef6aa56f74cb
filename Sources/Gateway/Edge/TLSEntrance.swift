import Identity
import NIOCore
import NIOSSL
import NIOTLS

/// Stands behind the TLS of a connection until its handshake is done, and makes way for what the client wants to speak.
final class TLSEntrance: ChannelInboundHandler, RemovableChannelHandler, OpenConnection {
    let restsOnCertificate = true

    typealias InboundIn = ByteBuffer

    private let pipeline: ClientPipeline
    private let tls: NIOSSLServerHandler
    private let deadline: NIODeadline
    private var context: ChannelHandlerContext?
    /// The connection is with another handler, or has ended.
    private var isDone = false

    init(_ pipeline: ClientPipeline, tls: NIOSSLServerHandler, timeout: TimeAmount) {
        self.pipeline = pipeline
        self.tls = tls
        deadline = .now() + timeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        pipeline.loop.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(nil)
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let name) = event as? TLSUserEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        guard !isDone else { return }
        do {
            let security = ConnectionSecurity(certificate: try tls.peerCertificate.map { try ClientIdentity($0) })
            if name == "h2" {
                try pipeline.addHTTP2(to: context.channel, security: security)
            } else {
                try pipeline.addHTTP1(to: context.channel, security: security)
            }
        } catch {
            // A certificate that nothing can be read from names nobody.
            fail(.certificate)
            return
        }
        // Behind the successor's entry, so that a drain never finds the loop empty in between.
        end(nil)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.abandonedHandshake)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isDone {
            context.fireErrorCaught(error)
        } else {
            fail(ConnectionFailure(handshake: error))
        }
    }

    func checkDeadlines(now: NIODeadline) {
        if now >= deadline { fail(.slowHandshake) }
    }

    func drain() {
        close()
    }

    func close() {
        end(nil)
        context?.close(promise: nil)
    }

    private func fail(_ failure: ConnectionFailure) {
        end(failure)
        context?.close(promise: nil)
    }

    private func end(_ failure: ConnectionFailure?) {
        guard !isDone else { return }
        isDone = true
        if let failure { pipeline.loop.failed(failure) }
        pipeline.loop.closed(self)
    }
}
