import Diagnostics

extension HTTP2Options {
    static let keys = [
        "enabled", "cleartext", "concurrentStreams", "streamWindow", "connectionWindow", "resets", "controlFrames",
    ]

    /// Reads `http2` of the settings. Every mistake is reported.
    init(_ reader: ObjectReader?, _ source: SettingsSource) {
        self.init()
        func holder(_ key: String) -> ObjectReader? { source.reader(for: key, of: ["http2"], in: reader) }
        isEnabled = holder("enabled")?.bool("enabled") ?? isEnabled
        isCleartext = holder("cleartext")?.bool("cleartext") ?? isCleartext
        concurrentStreams =
            holder("concurrentStreams")?.integer("concurrentStreams", in: 1...10_000) ?? concurrentStreams
        // RFC 9113, section 6.9.2: no window is smaller at first.
        streamWindow = holder("streamWindow")?.size("streamWindow", in: 65_535...(1 << 30)) ?? streamWindow
        connectionWindow =
            holder("connectionWindow")?.size("connectionWindow", in: 65_535...(1 << 30)) ?? connectionWindow
        resets = holder("resets")?.integer("resets", in: 1...1_000_000) ?? resets
        controlFrames = holder("controlFrames")?.integer("controlFrames", in: 1...1_000_000) ?? controlFrames
    }
}
