import NIOCore
import NIOHTTP2

/// A connection of HTTP/2 as a whole: its deadlines, its end, and what its streams have in common.
///
/// Stands behind the library's handlers. Everything here happens on the connection's event loop.
final class HTTP2Connection: ChannelInboundHandler, OpenConnection {
    typealias InboundIn = HTTP2Frame

    let loop: FrontLoop
    let limits: FrontLimits
    let security: ConnectionSecurity?
    var restsOnCertificate: Bool { security?.certificate != nil }
    private(set) var remoteAddress = ""
    private var context: ChannelHandlerContext?
    private var streams: [ObjectIdentifier: HTTP2Stream] = [:]
    /// By when something must have come, while there is no stream.
    private var deadline: NIODeadline
    /// The client has been told to begin nothing new.
    private var isEnding = false

    init(loop: FrontLoop, limits: FrontLimits, security: ConnectionSecurity?) {
        self.loop = loop
        self.limits = limits
        self.security = security
        // The preface is to come like the head of a request.
        deadline = .now() + limits.headerTimeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        remoteAddress = context.remoteAddress?.ipAddress ?? "-"
        loop.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        close()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Only frames of the connection come here. The first one is the client's SETTINGS: the preface is complete.
        if case .settings = Self.unwrapInboundIn(data).payload, streams.isEmpty, !isEnding {
            deadline = .now() + limits.idleTimeout
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        loop.closed(self)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch HTTP2Fault(error) {
        case .stream:
            break
        case .unclear:
            endGracefully()
        case .gone:
            closeLater(context)
        case .connection:
            loop.failed(ConnectionFailure(http2: error))
            closeLater(context)
        }
    }

    /// Behind what the library has written and not yet flushed: a GOAWAY, or the last reply of a connection that ends, for which
    /// the library then wants to open its window again, too late.
    private func closeLater(_ context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().execute { self.close() }
    }

    func opened(_ stream: HTTP2Stream) {
        streams[ObjectIdentifier(stream)] = stream
    }

    func closed(_ stream: HTTP2Stream) {
        streams[ObjectIdentifier(stream)] = nil
        if streams.isEmpty { deadline = .now() + (isEnding ? limits.lingerTimeout : limits.idleTimeout) }
    }

    func checkDeadlines(now: NIODeadline) {
        // A copy, since streams leave as they are closed.
        for stream in Array(streams.values) { stream.checkDeadlines(now: now) }
        guard streams.isEmpty, now >= deadline else { return }
        if isEnding { close() } else { endGracefully() }
    }

    func drain() {
        endGracefully()
    }

    func close() {
        context?.close(promise: nil)
        loop.closed(self)
    }

    /// GOAWAY, in two steps (RFC 9113, section 6.8): the library waits until the client knows, so that no request that is
    /// on its way is lost. A client that does not answer is closed when it has no stream any more.
    private func endGracefully() {
        guard !isEnding, let context else { return }
        isEnding = true
        deadline = .now() + limits.lingerTimeout
        context.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
}

/// What an error that the library reports is about.
enum HTTP2Fault {
    /// One stream, which is reset: the others go on.
    case stream
    /// The connection or one stream; the type of the error says no more.
    case unclear
    /// The connection, of which the client knows by a GOAWAY.
    case connection
    /// The connection below, which is broken.
    case gone

    init(_ error: any Error) {
        switch error {
        case is NIOHTTP2Errors.ForbiddenHeaderField, is NIOHTTP2Errors.InvalidPseudoHeaders,
            is NIOHTTP2Errors.MissingPseudoHeader, is NIOHTTP2Errors.DuplicatePseudoHeader,
            is NIOHTTP2Errors.PseudoHeaderAfterRegularHeader, is NIOHTTP2Errors.UnknownPseudoHeader,
            is NIOHTTP2Errors.UnsupportedPseudoHeader, is NIOHTTP2Errors.InvalidPseudoHeaderValue,
            is NIOHTTP2Errors.InvalidHTTP2HeaderFieldName, is NIOHTTP2Errors.InvalidHTTP2HeaderFieldValue,
            is NIOHTTP2Errors.MissingHostHeader, is NIOHTTP2Errors.DuplicateHostHeader,
            is NIOHTTP2Errors.EmptyPathHeader, is NIOHTTP2Errors.TrailersWithoutEndStream,
            is NIOHTTP2Errors.ContentLengthViolated, is NIOHTTP2Errors.ContentLengthHeadersMismatch,
            is NIOHTTP2Errors.ContentLengthHeaderNegative, is NIOHTTP2Errors.ContentLengthHeaderMalformedValue,
            is NIOHTTP2Errors.MaxStreamsViolation, is NIOHTTP2Errors.StreamError, is NIOHTTP2Errors.StreamClosed:
            self = .stream
        case is NIOHTTP2Errors.BadStreamStateTransition, is NIOHTTP2Errors.NoSuchStream,
            is NIOHTTP2Errors.CreatedStreamAfterGoaway, is NIOHTTP2Errors.InvalidWindowIncrementSize,
            is NIOHTTP2Errors.FlowControlViolation, is NIOHTTP2Errors.InvalidFlowControlWindowSize:
            self = .unclear
        default:
            let isOfHTTP2 = error is any NIOHTTP2Error
            self = isOfHTTP2 && !(error is NIOHTTP2Errors.IOOnClosedConnection) ? .connection : .gone
        }
    }
}
