/// Calls of which each waits for the one before it, and the time that their timeouts give them together.
struct CriticalPath: Equatable {
    /// In the order in which they run.
    var calls: [Int]
    var time: Duration
}

extension Plan {
    /// The chain to a call, itself included, whose timeouts allow the most time; among equals the longest.
    ///
    /// - Parameter timeout: of a call; nil counts nothing.
    func criticalPath(to call: Int, timeout: (Call) -> Duration?) -> CriticalPath {
        var known: [Int: CriticalPath] = [:]
        return chain(to: call, timeout, &known)
    }

    /// The chain of some calls whose timeouts allow the most time; nil where there are none.
    func criticalPath(among calls: [Int], timeout: (Call) -> Duration?) -> CriticalPath? {
        var known: [Int: CriticalPath] = [:]
        return calls.map { chain(to: $0, timeout, &known) }.max(by: Self.isShorter)
    }

    private func chain(
        to call: Int,
        _ timeout: (Call) -> Duration?,
        _ known: inout [Int: CriticalPath]
    ) -> CriticalPath {
        if let path = known[call] { return path }
        let before = calls[call].needs.map { chain(to: $0, timeout, &known) }.max(by: Self.isShorter)
        let path = CriticalPath(
            calls: (before?.calls ?? []) + [call],
            time: (before?.time ?? .zero) + (timeout(calls[call]) ?? .zero)
        )
        known[call] = path
        return path
    }

    private static func isShorter(_ left: CriticalPath, _ right: CriticalPath) -> Bool {
        (left.time, left.calls.count) < (right.time, right.calls.count)
    }

    /// The places of the calls, each behind those that it mentions.
    var order: [Int] {
        DependencyGraph(needs: calls.map(\.needs), fallbackNeeds: calls.map(\.fallbackNeeds)).order()
    }
}
