import Diagnostics
import JSONSlices

/// Reads what is about the edge: `trustedProxies`, `forwardedHeader`, `addresses`, `securityHeaders`, `responseHeaders`;
/// ``CORSSettingsReader`` and ``CompressionSettingsReader`` read the rest.
struct EdgeSettingsReader {
    static let keys = [
        "trustedProxies", "forwardedHeader", "addresses", "cors", "securityHeaders", "responseHeaders", "compression",
    ]
    static let addressKeys = ["allow", "deny"]
    static let responseHeaderKeys = ["set", "remove"]

    let source: SettingsSource
    private var diagnostics: DiagnosticList { source.diagnostics }

    static func read(_ reader: ObjectReader?, _ source: SettingsSource) -> EdgeSettings {
        var settings = EdgeSettings()
        guard let reader else { return settings }
        let edge = EdgeSettingsReader(source: source)
        settings.proxies = edge.proxies(reader)
        if let nested = reader.nested("addresses", known: addressKeys) {
            settings.addresses.allow = edge.addresses("allow", nested)
            settings.addresses.deny = edge.addresses("deny", nested)
        }
        settings.cors = CORSSettingsReader(diagnostics: source.diagnostics).read(reader)
        settings.headers.security = edge.securityHeaders(reader)
        edge.readResponseHeaders(reader, into: &settings.headers)
        settings.compression = CompressionSettingsReader(diagnostics: source.diagnostics).read(reader)
        return settings
    }

    // MARK: Addresses

    private func proxies(_ reader: ObjectReader) -> ForwardedChain? {
        let field = field(reader)
        guard reader["trustedProxies"] != nil else {
            if let slice = reader["forwardedHeader"] {
                diagnostics.error(
                    "'forwardedHeader' is read from trusted proxies alone, and there are none",
                    in: reader.file,
                    at: slice,
                    help: "name them: \"trustedProxies\": [\"10.0.0.0/8\"]"
                )
            }
            return nil
        }
        let trusted = addresses("trustedProxies", reader)
        return trusted.isEmpty ? nil : ForwardedChain(trusted: trusted, field: field ?? .xForwardedFor)
    }

    private func field(_ reader: ObjectReader) -> ForwardedChain.Field? {
        guard let slice = reader["forwardedHeader"], let text = reader.string("forwardedHeader") else { return nil }
        let known = ForwardedChain.Field.allCases
        if let field = known.first(where: { $0.rawValue == text }) { return field }
        let names = known.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
        return reader.mismatch("forwardedHeader", slice, wanted: names)
    }

    private func addresses(_ key: String, _ reader: ObjectReader) -> AddressList {
        guard let slice = reader[key] else { return AddressList() }
        guard slice.kind == .array else {
            return reader.mismatch(key, slice, wanted: "a list such as [\"10.0.0.0/8\", \"2001:db8::/32\"]")
                ?? AddressList()
        }
        var blocks: [CIDR] = []
        for element in slice.elements {
            guard let text = element.string else {
                diagnostics.error("'\(key)' has \(element.kind.article) in it", in: reader.file, at: element)
                continue
            }
            do throws(CIDR.Fault) {
                blocks.append(try CIDR(parsing: text))
            } catch {
                let (message, help) =
                    switch error {
                    case .malformed:
                        (
                            "'\(text)' is no address and no block of addresses",
                            "for instance 10.0.0.0/8 or 2001:db8::/32"
                        )
                    case .hostBits(let block):
                        ("'\(text)' has bits behind its prefix", "the block is \(block)")
                    }
                diagnostics.error(message, in: reader.file, at: element, help: help)
            }
        }
        return AddressList(blocks)
    }

    // MARK: Headers

    private func securityHeaders(_ reader: ObjectReader) -> [ReplyHeaderRules.Security] {
        let key = "securityHeaders"
        guard let slice = reader[key] else { return [] }
        if let isOn = slice.bool { return isOn ? ReplyHeaderRules.sane : [] }
        guard slice.kind == .object else {
            return reader.mismatch(key, slice, wanted: "true, false or an object") ?? []
        }
        guard let nested = reader.nested(key, known: ReplyHeaderRules.names) else { return [] }
        return ReplyHeaderRules.sane.compactMap { field in
            guard let value = nested[field.name] else { return field }
            if let isOn = value.bool { return isOn ? field : nil }
            guard let text = value.string else {
                return nested.mismatch(field.name, value, wanted: "a text, true or false")
            }
            return check(field.name, text, at: value, nested).map {
                ReplyHeaderRules.Security(name: field.name, value: $0)
            }
        }
    }

    private func readResponseHeaders(_ reader: ObjectReader, into rules: inout ReplyHeaderRules) {
        guard let nested = reader.nested("responseHeaders", known: Self.responseHeaderKeys) else { return }
        for (name, key, value) in nested.stringMap("set") ?? [] {
            guard checkName(name, at: key, nested),
                let text = value.string.flatMap({ check(name, $0, at: value, nested) })
            else { continue }
            rules.set.append(ReplyHeaderRules.Field(name: name, value: text))
        }
        guard let slice = nested["remove"] else { return }
        guard slice.kind == .array else {
            let _: Bool? = nested.mismatch("remove", slice, wanted: "a list of names")
            return
        }
        for element in slice.elements {
            guard let name = element.string else {
                diagnostics.error("'remove' has \(element.kind.article) in it", in: nested.file, at: element)
                continue
            }
            if checkName(name, at: element, nested) { rules.removed.insert(name.lowercased()) }
        }
    }

    private func checkName(_ name: String, at slice: JSONSlice, _ reader: ObjectReader) -> Bool {
        guard ReplyEncoder.isSendable(name, ""), !Self.own.contains(name.lowercased()) else {
            diagnostics.error(
                "'\(name)' is not a header that can be set or removed here",
                in: reader.file,
                at: slice,
                help:
                    "names have letters, digits and hyphens; those of the message's framing and coding are the gateway's"
            )
            return false
        }
        return true
    }

    private func check(_ name: String, _ value: String, at slice: JSONSlice, _ reader: ObjectReader) -> String? {
        guard !value.isEmpty, value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }), value.first != " ",
            value.last != " "
        else {
            diagnostics.error(
                "the value of '\(name)' cannot stand in a header",
                in: reader.file,
                at: slice,
                help: "printable ASCII characters, without blanks around them"
            )
            return nil
        }
        return value
    }

    /// What a reply cannot do without, or says of itself.
    private static let own: Set = ["content-encoding", "content-type", "content-range", "vary", "etag", "trailer"]
}
