public import Composition

/// What became of loading the files anew.
public enum ReloadOutcome: Sendable {
    /// They are served. `ignored`: settings that have changed and need a restart.
    case loaded(endpoints: Int, CompositionSet.Changes, ignored: [String])
    /// What is wrong with them, as `medley check` prints it. What was served before goes on.
    case refused([String])

    public var isLoaded: Bool { if case .loaded = self { true } else { false } }
}

/// Loads the files anew: what the admin address does for `POST /reload`.
public typealias Reload = @Sendable () async -> ReloadOutcome
