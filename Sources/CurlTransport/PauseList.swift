/// The transfers of a loop that have received enough for one turn, and wait for the others to have theirs.
///
/// Filled by a callback of libcurl, where nothing can be done about them yet; used on the loop's thread alone.
final class PauseList {
    private var paused: [(transfer: Transfer, ticket: UInt64)] = []

    var isEmpty: Bool { paused.isEmpty }

    func add(_ transfer: Transfer) {
        paused.append((transfer, transfer.ticket))
    }

    /// All that are paused and still what they were; the list is empty then.
    func takeAll() -> [Transfer] {
        defer { paused.removeAll(keepingCapacity: true) }
        return paused.compactMap { $0.transfer.ticket == $0.ticket ? $0.transfer : nil }
    }
}
