public import Diagnostics
import JSONSlices
import NIOCore
import ResponseCache

extension GatewaySettings {
    static let keys =
        [
            "$schema", "listen", "compositions", "threads", "loops", "shutdownGrace", "limits", "log", "cache", "admin",
            "access", "tls", "http2", "rateLimits", "tracing", "backends",
        ] + EdgeSettingsReader.keys
    static let cacheKeys = ["memory", "redis", "redisTimeout", "redisPrefix"]
    static let adminKeys = ["listen", "token"]
    static let logKeys = ["level", "format"] + LogRulesReader.keys
    static let limitKeys = FrontLimits.keys + ["backendRequests"]

    /// Reads the settings file, if there is one, under the environment. Every mistake is reported.
    ///
    /// - Returns: nil when there was an error.
    public static func read(
        file: SourceFile?,
        environment: [String: String],
        diagnostics: DiagnosticList
    ) -> GatewaySettings? {
        let errorsBefore = diagnostics.errorCount
        var reader: ObjectReader?
        if let file {
            guard let document = diagnostics.parse(file) else { return nil }
            reader = ObjectReader(
                document.root,
                in: file,
                role: "the settings",
                known: keys,
                diagnostics: diagnostics
            )
            guard reader != nil else { return nil }
            _ = reader?.string("$schema")
        }
        let source = SettingsSource(environment: environment, diagnostics: diagnostics)
        var settings = GatewaySettings()
        settings.readTop(reader, source)
        settings.readLog(reader?.nested("log", known: logKeys), source)
        let limits = reader?.nested("limits", known: limitKeys)
        settings.limits.read(limits, source)
        settings.readLimits(limits, source)
        settings.readCache(reader?.nested("cache", known: cacheKeys), source)
        settings.readAdmin(reader?.nested("admin", known: adminKeys), source)
        settings.tracing = TracingSettingsReader(source: source).read(
            reader?.nested("tracing", known: TracingSettingsReader.keys)
        )
        settings.access = AccessSettingsReader.readAll(reader?.map("access"), source)
        settings.tls = TLSSettingsReader.read(reader?.nested("tls", known: TLSSettingsReader.keys), source)
        settings.http2 = HTTP2Options(reader?.nested("http2", known: HTTP2Options.keys), source)
        settings.edge = EdgeSettingsReader.read(reader, source)
        settings.rateLimits = LimitSettingsReader.readAll(
            reader?.map("rateLimits"),
            hasRedis: settings.redis != nil,
            source
        )
        settings.backends = BackendSettings.readAll(reader?.map("backends"), source)
        source.reportUnknownVariables()
        return diagnostics.errorCount == errorsBefore ? settings : nil
    }

    private mutating func readTop(_ reader: ObjectReader?, _ source: SettingsSource) {
        func holder(_ key: String) -> ObjectReader? { source.reader(for: key, of: [], in: reader) }
        if let text = source.string("listen", of: [], in: reader) {
            if let listen = Listen(parsing: text) {
                self.listen = listen
            } else if let holder = holder("listen"), let slice = holder["listen"] {
                source.diagnostics.error(
                    "'listen' is no address",
                    in: holder.file,
                    at: slice,
                    help: "host:port, for instance 127.0.0.1:8080 or [::1]:8080; port 0 takes a free one"
                )
            }
        }
        compositions = source.string("compositions", of: [], in: reader) ?? compositions
        threads = holder("threads")?.integer("threads", in: 1...256)
        loops = holder("loops")?.integer("loops", in: 1...256)
        shutdownGrace =
            holder("shutdownGrace")?.duration("shutdownGrace", in: .zero...(.seconds(3600))) ?? shutdownGrace
    }

    /// Limits that are not the front's.
    private mutating func readLimits(_ reader: ObjectReader?, _ source: SettingsSource) {
        let key = "backendRequests"
        let holder = source.reader(for: key, of: ["limits"], in: reader)
        maxBackendRequests = holder?.integer(key, in: 1...1_000_000) ?? maxBackendRequests
    }

    private mutating func readAdmin(_ reader: ObjectReader?, _ source: SettingsSource) {
        adminToken = source.string("token", of: ["admin"], in: reader)
        if adminToken?.isEmpty == true {
            if let holder = source.reader(for: "token", of: ["admin"], in: reader), let slice = holder["token"] {
                source.diagnostics.error(
                    "the admin token is empty",
                    in: holder.file,
                    at: slice,
                    help: "set the variable that it is taken from, or leave 'token' out"
                )
            }
            adminToken = nil
        }
        guard let text = source.string("listen", of: ["admin"], in: reader) else { return }
        let holder = source.reader(for: "listen", of: ["admin"], in: reader)
        func refuse(_ message: String, help: String) {
            guard let holder, let slice = holder["listen"] else { return }
            source.diagnostics.error(message, in: holder.file, at: slice, help: help)
        }
        guard let listen = Listen(parsing: text) else {
            return refuse("'listen' is no address", help: "host:port, for instance 127.0.0.1:8081")
        }
        if !["127.0.0.1", "::1", "localhost"].contains(listen.host), adminToken == nil {
            return refuse(
                "an admin address that others can reach needs a token",
                help: "say \"token\": \"${MEDLEY_ADMIN_TOKEN}\", or listen on 127.0.0.1"
            )
        }
        admin = listen
    }

    private mutating func readCache(_ reader: ObjectReader?, _ source: SettingsSource) {
        let holder = source.reader(for: "memory", of: ["cache"], in: reader)
        cacheMemory = holder?.size("memory", in: (1 << 20)...(1 << 40)) ?? cacheMemory
        let timeout = source.reader(for: "redisTimeout", of: ["cache"], in: reader)
            .flatMap { $0.duration("redisTimeout", in: .milliseconds(1)...(.seconds(10))) }
        let prefix = source.string("redisPrefix", of: ["cache"], in: reader)
        guard let text = source.string("redis", of: ["cache"], in: reader) else { return }
        func refuse(_ message: String, _ key: String, help: String?) {
            guard let holder = source.reader(for: key, of: ["cache"], in: reader), let slice = holder[key] else {
                return
            }
            source.diagnostics.error(message, in: holder.file, at: slice, help: help)
        }
        do {
            var settings = RedisSettings(address: try RedisAddress(text))
            settings.timeout = timeout ?? settings.timeout
            if let prefix {
                if let fault = RedisSettings.fault(ofPrefix: prefix) { refuse(fault, "redisPrefix", help: nil) }
                settings.prefix = prefix
            }
            redis = settings
        } catch {
            refuse("'redis' is no address of Redis: \(error)", "redis", help: "for instance redis://127.0.0.1:6379")
        }
    }

    private mutating func readLog(_ reader: ObjectReader?, _ source: SettingsSource) {
        log.level = choice("level", reader, source) ?? log.level
        log.format = choice("format", reader, source) ?? log.format
        log.rules = LogRulesReader(source: source).read(reader)
    }

    private func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ key: String,
        _ reader: ObjectReader?,
        _ source: SettingsSource
    ) -> Value? {
        guard let holder = source.reader(for: key, of: ["log"], in: reader), let text = holder.string(key) else {
            return nil
        }
        if let value = Value(rawValue: text) { return value }
        let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return holder[key].flatMap { holder.mismatch(key, $0, wanted: "one of \(known)") }
    }
}

extension GatewaySettings.Listen {
    /// `host:port`, with an IPv6 address in brackets; `:port` and a port alone mean the loopback address.
    init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":") else {
            guard let port = Int(text), (0...65_535).contains(port) else { return nil }
            self.init(host: "127.0.0.1", port: port)
            return
        }
        var host = String(text[..<colon])
        guard let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port) else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        self.init(host: host.isEmpty ? "127.0.0.1" : host, port: port)
    }
}

extension FrontLimits {
    static let keys = [
        "requestTarget", "requestHeaders", "requestHeaderCount", "requestBody", "headerTimeout", "bodyTimeout",
        "idleTimeout", "writeTimeout", "lingerTimeout", "connections", "connectionsPerAddress", "pipelinedRequests",
        "backlog",
    ]

    fileprivate mutating func read(_ reader: ObjectReader?, _ source: SettingsSource) {
        func holder(_ key: String) -> ObjectReader? { source.reader(for: key, of: ["limits"], in: reader) }
        func size(_ key: String, _ range: ClosedRange<Int>) -> Int? { holder(key)?.size(key, in: range) }
        func time(_ key: String) -> TimeAmount? {
            holder(key)?.duration(key, in: .milliseconds(1)...(.seconds(86_400))).map {
                .milliseconds(Int64($0.milliseconds))
            }
        }
        maxTargetBytes = size("requestTarget", 64...(1 << 20)) ?? maxTargetBytes
        maxHeaderBytes = size("requestHeaders", 256...(16 << 20)) ?? maxHeaderBytes
        maxHeaderFields =
            holder("requestHeaderCount")?.integer("requestHeaderCount", in: 1...10_000) ?? maxHeaderFields
        maxBodyBytes = size("requestBody", 0...(1 << 30)) ?? maxBodyBytes
        headerTimeout = time("headerTimeout") ?? headerTimeout
        bodyTimeout = time("bodyTimeout") ?? bodyTimeout
        idleTimeout = time("idleTimeout") ?? idleTimeout
        writeTimeout = time("writeTimeout") ?? writeTimeout
        lingerTimeout = time("lingerTimeout") ?? lingerTimeout
        maxPipelinedRequests =
            holder("pipelinedRequests")?.integer("pipelinedRequests", in: 1...1000) ?? maxPipelinedRequests
        backlog = holder("backlog")?.integer("backlog", in: 1...65_535) ?? backlog
        maxConnectionsPerAddress =
            holder("connectionsPerAddress")?.integer("connectionsPerAddress", in: 1...1_000_000)
        maxConnections = holder("connections")?.integer("connections", in: 1...1_000_000) ?? maxConnections
    }
}
