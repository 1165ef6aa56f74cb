public import CurlTransport
public import Replay

/// A backend whose exchanges are recorded.
public struct RecordedBackend: Sendable {
    /// Scheme, authority and base path, without a slash at its end.
    public var url: String
    /// Its name, and how it is reached.
    public var options: BackendOptions
    /// How long its answers are waited for, whatever the gateway does meanwhile. Thirty seconds, or the gateway's own
    /// timeout where that is longer.
    public var timeout: Duration
    /// Fixture backends that are asked in its place where they have an answer.
    public var replay: Replayed?

    public struct Replayed: Sendable {
        /// Of the server: `http://127.0.0.1:PORT`.
        public var url: String
        public var matcher: FixtureMatcher

        public init(url: String, matcher: FixtureMatcher) {
            self.url = url
            self.matcher = matcher
        }
    }

    public init(url: String, options: BackendOptions, timeout: Duration? = nil, replay: Replayed? = nil) {
        self.url = url
        self.options = options
        self.timeout = max(timeout ?? .zero, .seconds(30))
        self.replay = replay
    }
}
