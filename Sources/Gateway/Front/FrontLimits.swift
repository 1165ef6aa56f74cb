import NIOCore

/// What the front accepts from clients, and for how long it waits for them.
///
/// Every limit has a reply of its own, so a client learns which one it met. Durations are measured on a monotonic
/// clock and checked by a sweep over the loop's connections, so a limit may act up to `sweepInterval` late.
struct FrontLimits: Hashable, Sendable {
    /// Longest request target, in bytes; a longer one is answered by 414. Default 8 KiB, which RFC 9112, section 3,
    /// names as what every server should at least support.
    var maxTargetBytes = 8 * 1024
    /// Names and values of all header fields together, in bytes; more is answered by 431. Default 32 KiB.
    var maxHeaderBytes = 32 * 1024
    /// Number of header fields, trailers included; more is answered by 431. Default 100.
    var maxHeaderFields = 100
    /// Longest request body, in bytes, after chunked framing is taken off; a longer one is answered by 413.
    /// Default 1 MiB.
    var maxBodyBytes = 1024 * 1024
    /// Requests of one connection that are worked on at the same time, from 1. Default 8.
    ///
    /// Pipelined requests overlap only while all of them are safe (RFC 9112, section 9.3.2); their replies leave in
    /// the order of the requests. While this many are in flight, or an unsafe one is, nothing more is read.
    var maxPipelinedRequests = 8
    /// Open client connections. At the limit the front stops accepting, and newcomers wait in the kernel's backlog.
    /// Soft: one batch of accepts (4) may exceed it. Default 16,384.
    var maxConnections = 16_384
    /// Open connections of one address; of one /64 of IPv6. One more is closed at once. Nil, the default: any number, since
    /// behind a load balancer all clients have its address, and a limit that nobody knows of would cut a site off in its
    /// busiest hour.
    var maxConnectionsPerAddress: Int?
    /// Length of the kernel's queue of connections not yet accepted. Default 1,024.
    var backlog = 1024
    /// From the first byte of a request to the end of its header section; then 408. Default 10 s.
    var headerTimeout = TimeAmount.seconds(10)
    /// From the end of the header section to the end of the body, as a whole, so that a client that drips one byte a
    /// second gains nothing; then 408. Default 30 s.
    var bodyTimeout = TimeAmount.seconds(30)
    /// How long a connection may stay open without a byte of a request. Default 75 s.
    var idleTimeout = TimeAmount.seconds(75)
    /// How long the kernel may take none of the bytes waiting for a client before the connection is closed. A client
    /// that reads slowly empties the kernel's buffer first, which on a bad line takes a while. Default 60 s.
    var writeTimeout = TimeAmount.seconds(60)
    /// After a refusal: how long the rest of what the client sends is read and thrown away, so that the reply is not
    /// destroyed by a reset (RFC 9112, section 9.6). Default 2 s.
    var lingerTimeout = TimeAmount.seconds(2)

    /// How often deadlines are looked at: a quarter of the shortest of them, between 5 ms and 500 ms.
    var sweepInterval: TimeAmount {
        let shortest = min(headerTimeout, bodyTimeout, idleTimeout, writeTimeout, lingerTimeout)
        return .nanoseconds(max(5_000_000, min(500_000_000, shortest.nanoseconds / 4)))
    }
}
