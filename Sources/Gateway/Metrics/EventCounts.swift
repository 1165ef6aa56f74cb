import Composition
import CoreMetrics
import Identity

/// What happens now and then, counted through swift-metrics. Safe from any thread.
struct EventCounts: Sendable {
    let metrics: LibraryMetrics

    /// What each of them means, by its name.
    static let helps = [
        "medley_mirrored_requests_total": "Copies of requests by the backend they are for, and what became of them.",
        "medley_access_denials_total": "Requests that an access policy refused, by endpoint and kind.",
        "medley_reloads_total": "Loads of the files while it serves, by result.",
    ]

    func mirrored(_ outcome: MirrorCopies.Outcome, to backend: String) {
        count("medley_mirrored_requests", [("backend", backend), ("result", outcome.rawValue)])
    }

    func denied(_ kind: Denial.Kind, at endpoint: String) {
        count("medley_access_denials", [("endpoint", endpoint), ("kind", kind.word)])
    }

    func reloaded(_ isLoaded: Bool) {
        count("medley_reloads", [("result", isLoaded ? "loaded" : "refused")])
    }

    private func count(_ label: String, _ labels: [(String, String)]) {
        Counter(label: label, dimensions: labels, factory: metrics).increment()
    }
}

extension Denial.Kind {
    /// The kind for a label.
    fileprivate var word: String {
        switch self {
        case .unauthenticated: "no_credentials"
        case .invalid: "invalid"
        case .forbidden: "forbidden"
        case .unavailable: "unavailable"
        }
    }
}
