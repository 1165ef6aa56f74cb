import NIOCore
import NIOHTTP2

/// What is accepted on connections of HTTP/2, beside the limits that it has in common with HTTP/1.
struct HTTP2Options: Hashable, Sendable {
    /// Whether it is offered to clients that connect encrypted (ALPN `h2`).
    var isEnabled = true
    /// Whether clients may begin with it unencrypted, knowing that it is spoken (RFC 9113, section 3.3).
    var isCleartext = false
    /// Requests that one connection may have open, from 1. Default 100, the least that RFC 9113, section 6.5.2, recommends.
    var concurrentStreams = 100
    /// Bytes of one request's body that a client may send before any of them is taken. Default 64 KiB.
    var streamWindow = 64 << 10
    /// The same for all requests of a connection together. Default 1 MiB.
    var connectionWindow = 1 << 20
    /// Requests that a client may take back, and mistakes it may make in single requests, each within 30 s, before its
    /// connection is closed: the guard against rapid reset (CVE-2023-44487). Default 200.
    var resets = 200
    /// PING, SETTINGS and PRIORITY frames within 30 s before the connection is closed. Default 200.
    var controlFrames = 200

    private static let window = TimeAmount.seconds(30)

    /// The protocols that the handshake offers, in the order of preference.
    var protocols: [String] { isEnabled ? ["h2", "http/1.1"] : ["http/1.1"] }

    /// What the library is told.
    func connection(limits: FrontLimits) -> NIOHTTP2Handler.ConnectionConfiguration {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: concurrentStreams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: Self.headerListSize(limits)),
            HTTP2Setting(parameter: .initialWindowSize, value: streamWindow),
        ]
        configuration.targetWindowSize = connectionWindow
        configuration.controlFrameRateLimit.maximumCount = controlFrames
        configuration.controlFrameRateLimit.windowLength = Self.window
        return configuration
    }

    var stream: NIOHTTP2Handler.StreamConfiguration {
        var configuration = NIOHTTP2Handler.StreamConfiguration()
        configuration.targetWindowSize = streamWindow
        configuration.outboundBufferSizeHighWatermark = BodySender.portionSize
        configuration.outboundBufferSizeLowWatermark = BodySender.portionSize / 2
        configuration.streamResetFrameRateLimit.maximumCount = resets
        configuration.streamResetFrameRateLimit.windowLength = Self.window
        configuration.streamErrorRateLimit.maximumCount = resets
        configuration.streamErrorRateLimit.windowLength = Self.window
        return configuration
    }

    /// Above the limits of requests, so that what is only a little too much is answered by 431: each field counts 32 bytes
    /// more than it has (RFC 9113, section 6.5.2).
    static func headerListSize(_ limits: FrontLimits) -> Int {
        let fields = (limits.maxHeaderFields.addingSaturated(8)).multipliedSaturated(by: 32)
        return min(
            limits.maxHeaderBytes.addingSaturated(limits.maxTargetBytes).addingSaturated(fields).addingSaturated(1024),
            Int(Int32.max)
        )
    }
}

extension Int {
    fileprivate func multipliedSaturated(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
