import Diagnostics

/// What backends must have been asked.
public struct ExpectedTraffic: Sendable {
    /// Requests to a backend, all of them or those of one method and path.
    struct Target: Sendable {
        let backend: String
        let method: String?
        /// Without the query; `…` stands for any text.
        let path: String?
        let range: Range<Int>

        /// As its author wrote it.
        var name: String { [backend, method, path].compactMap { $0 }.joined(separator: " ") }

        func matches(_ request: ReceivedRequest) -> Bool {
            guard request.backend == backend else { return false }
            guard let method, let path else { return true }
            return request.method == method && Wildcard.matches(request.path, path)
        }
    }

    struct Count: Sendable {
        let range: ClosedRange<Int>
        let place: Range<Int>
    }

    struct Text: Sendable {
        let text: String
        let range: Range<Int>
    }

    /// One request that must have been sent. What it does not list is not compared.
    struct Sent: Sendable {
        let method: Text?
        let path: Text?
        let query: [ExpectedField]
        let headers: [ExpectedField]
        let body: ExpectedBody
        let range: Range<Int>
    }

    /// What a target must have got.
    struct Share: Sendable {
        let target: Target
        let requests: Count?
        let sent: [Sent]
    }

    /// Targets whose requests stand in an order to each other.
    struct Group: Sendable {
        let targets: [Target]
        let range: Range<Int>
    }

    let shares: [Share]
    /// Exchanges with the targets overlapped in time.
    let parallel: [Group]
    /// All exchanges with one target had ended before the first with the next began.
    let sequence: [Group]
    let file: SourceFile

    /// Whether it says when requests were sent, and not only which.
    var statesOrder: Bool { !parallel.isEmpty || !sequence.isEmpty }
}
