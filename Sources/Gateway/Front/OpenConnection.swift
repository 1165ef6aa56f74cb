import NIOCore

/// A client's connection, whatever is spoken on it, as ``FrontLoop`` sees it. Used on its event loop only.
protocol OpenConnection: AnyObject {
    /// Whether its client has shown a certificate, or may be about to.
    var restsOnCertificate: Bool { get }
    /// The loop's sweep.
    func checkDeadlines(now: NIODeadline)
    /// Begins nothing new, and ends with what was begun.
    func drain()
    /// Ends now, whatever is in flight.
    func close()
}
