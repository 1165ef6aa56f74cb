import Composition
import CurlTransport
import Diagnostics
import JSONSlices

extension BackendSettings {
    static let keys = [
        "url", "timeout", "connectTimeout", "maxResponseBody", "maxConnections", "maxInFlight", "maxQueued",
        "idleConnectionAge", "followRedirects", "headers", "proxy", "caFile", "clientCertificate", "clientKey", "http2",
        "openapi",
    ]

    static func readAll(_ backends: ObjectReader?, _ source: SettingsSource) -> [BackendSettings] {
        (backends?.members ?? []).compactMap { member in
            ObjectReader(
                member.value,
                in: backends?.file ?? SourceFile(path: "", bytes: []),
                role: "the backend '\(member.name)'",
                known: keys,
                diagnostics: source.diagnostics
            ).flatMap { read($0, named: member.name, source) }
        }
    }

    private static func read(_ reader: ObjectReader, named name: String, _ source: SettingsSource) -> BackendSettings? {
        let path = ["backends", name]
        source.know(keys, of: path)
        func holder(_ key: String) -> ObjectReader? { source.reader(for: key, of: path, in: reader) }
        func integer(_ key: String, _ range: ClosedRange<Int>) -> Int? { holder(key)?.integer(key, in: range) }
        func duration(_ key: String) -> Duration? {
            holder(key)?.duration(key, in: .milliseconds(1)...(.seconds(3600)))
        }
        guard let holderOfURL = holder("url"), holderOfURL["url"] != nil else {
            reader.missing("url")
            return nil
        }
        guard let text = source.string("url", of: path, in: reader), let slice = holderOfURL["url"] else { return nil }
        if let problem = problem(inURL: text) {
            source.diagnostics.error(
                "'url' of the backend '\(name)' \(problem)",
                in: holderOfURL.file,
                at: slice,
                help: "for instance \"https://orders.internal:8443/api\""
            )
            return nil
        }
        var url = text
        while url.hasSuffix("/") { url.removeLast() }
        var settings = BackendSettings(name: name, url: url)
        settings.timeout = duration("timeout")
        settings.options.connectTimeout = duration("connectTimeout") ?? settings.options.connectTimeout
        settings.options.idleConnectionAge = duration("idleConnectionAge") ?? settings.options.idleConnectionAge
        settings.options.maxResponseBody =
            holder("maxResponseBody")?.size("maxResponseBody", in: 1...(1 << 31)) ?? settings.options.maxResponseBody
        settings.options.maxConnections = integer("maxConnections", 1...4096) ?? settings.options.maxConnections
        settings.options.maxInFlight = integer("maxInFlight", 1...4096) ?? settings.options.maxInFlight
        settings.options.maxQueued = integer("maxQueued", 0...1_000_000) ?? settings.options.maxQueued
        settings.options.followRedirects = integer("followRedirects", 0...20) ?? settings.options.followRedirects
        settings.options.http2 = holder("http2")?.bool("http2") ?? false
        settings.options.proxy = source.string("proxy", of: path, in: reader)
        settings.options.caFile = source.string("caFile", of: path, in: reader)
        settings.options.clientCertificate = source.string("clientCertificate", of: path, in: reader)
        settings.options.clientKey = source.string("clientKey", of: path, in: reader)
        if let document = source.string("openapi", of: path, in: reader), let holder = holder("openapi"),
            let slice = holder["openapi"]
        {
            settings.document = (document, .init(file: holder.file, range: slice.byteRange))
        }
        settings.headers = headers(reader, source, of: path + ["headers"])
        do throws(TransportError) {
            try settings.options.check()
        } catch {
            source.diagnostics.error("\(error)", in: reader.file, at: reader.object)
            return nil
        }
        return settings
    }

    private static func headers(
        _ reader: ObjectReader,
        _ source: SettingsSource,
        of path: [String]
    ) -> [(name: String, value: String)] {
        let map = reader.map("headers")
        return (reader.stringMap("headers") ?? []).compactMap { field in
            guard HeaderValidation.isToken(field.name), !HeaderRules.isTransports(field.name) else {
                source.diagnostics.error(
                    HeaderRules.isTransports(field.name)
                        ? "the header '\(field.name)' is the transport's to write"
                        : "'\(field.name)' is no header name",
                    in: reader.file,
                    at: field.key
                )
                return nil
            }
            guard let value = source.string(field.name, of: path, in: map) else { return nil }
            guard HeaderValidation.isValue(value) else {
                source.diagnostics.error(
                    "a header's value cannot hold control characters",
                    in: reader.file,
                    at: field.value
                )
                return nil
            }
            return (field.name, value)
        }
    }

    /// What is wrong with a backend's URL, to stand after the setting's name.
    static func problem(inURL text: String) -> String? {
        let schemes = ["http://", "https://"]
        guard let scheme = schemes.first(where: text.lowercased().hasPrefix) else {
            return "must begin with http:// or https://"
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        if text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) { return "holds characters that a URL cannot" }
        if rest.contains("?") || rest.contains("#") { return "cannot hold a query or a fragment" }
        if authority.isEmpty { return "names no host" }
        if authority.contains("@") { return "cannot hold a user and a password; send them in \"headers\"" }
        let segments = rest.split(separator: "/", omittingEmptySubsequences: false)
        if segments.dropFirst().contains(where: { $0 == "." || $0 == ".." }) { return "cannot hold '.' or '..'" }
        do throws(TransportError) {
            try BackendOptions.check(url: text)
        } catch {
            return "cannot be used: \(error)"
        }
        return nil
    }
}
