extension ReplayServers {
    /// What was read with this `X-Request-Id`, which Medley sends with every call, in the order in which it was read.
    /// Nothing without a journal.
    public func exchanges(requestID: String) -> [ReplayedExchange] {
        journal?.exchanges(requestID: requestID) ?? []
    }

    /// What was read by all backends, in the order in which it was read. Nothing without a journal.
    public func allExchanges() -> [ReplayedExchange] {
        journal?.allExchanges() ?? []
    }

    /// Takes the entries of one `X-Request-Id` out of the journal.
    public func forget(requestID: String) {
        journal?.forget(requestID: requestID)
    }

    /// The entries that gave way to newer ones, as ``JournalLimits`` say.
    public var droppedExchanges: Int { journal?.dropped ?? 0 }
}
