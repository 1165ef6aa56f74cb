import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL

/// What stands in the pipeline of a client's connection. Used on the connection's event loop only.
///
/// In the clear, HTTP/1 is there from the start. Otherwise an entrance waits for what the client wants to speak, and makes
/// way for it.
struct ClientPipeline {
    let loop: FrontLoop
    let limits: FrontLimits

    /// Prepares a connection that has just been accepted.
    func configure(_ channel: any Channel) throws {
        if let tls = loop.tls {
            let handler = NIOSSLServerHandler(context: tls.context)
            try channel.pipeline.syncOperations.addHandlers([
                handler, TLSEntrance(self, tls: handler, timeout: tls.handshakeTimeout),
            ])
        } else if loop.http2.isCleartext {
            try channel.pipeline.syncOperations.addHandler(CleartextEntrance(self))
        } else {
            try addHTTP1(to: channel, security: nil)
        }
    }

    /// What measures, what decodes, what decides.
    func addHTTP1(to channel: any Channel, security: ConnectionSecurity?) throws {
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        // The decoder counts the target among the fields; the exact limits are applied to the complete head.
        decoderLimits.maxHeaderFieldSize = max(limits.maxHeaderBytes, limits.maxTargetBytes)
        decoderLimits.maxHeaderListSize = limits.maxHeaderBytes.addingSaturated(limits.maxTargetBytes)
        decoderLimits.maxHeaderFieldCount = limits.maxHeaderFields
        let meter = RequestLineMeter()
        try channel.pipeline.syncOperations.addHandlers([
            meter,
            ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: decoderLimits)),
            FrontConnection(loop: loop, limits: limits, meter: meter, security: security),
        ])
    }

    /// What speaks HTTP/2, what ends it gracefully, what keeps an eye on the whole; and for each stream one that answers.
    func addHTTP2(to channel: any Channel, security: ConnectionSecurity?) throws {
        let connection = HTTP2Connection(loop: loop, limits: limits, security: security)
        let bound = NIOLoopBound(connection, eventLoop: channel.eventLoop)
        let manager = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(maxIdleTime: nil, maxAge: nil, maxGraceTime: nil, keepalive: nil)
        )
        let handler = NIOHTTP2Handler(
            mode: .server,
            eventLoop: channel.eventLoop,
            connectionConfiguration: loop.http2.connection(limits: limits),
            streamConfiguration: loop.http2.stream,
            streamDelegate: manager.http2StreamDelegate
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(HTTP2Stream(of: bound.value))
            }
        }
        let gate = CloseAfterWrites(timeout: limits.writeTimeout)
        try channel.pipeline.syncOperations.addHandlers([gate, handler, manager, connection])
    }
}
