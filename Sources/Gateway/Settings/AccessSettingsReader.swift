import Composition
import CurlTransport
import Diagnostics
import Identity
import JMESPath
import JSONSlices

/// Reads `access`, the policies by their names.
struct AccessSettingsReader {
    static let keys = ["apiKeys", "jwt", "basic", "clientCertificate", "require", "realm", "forward"]
    static let schemes = ["apiKeys", "jwt", "basic", "clientCertificate"]
    static let apiKeysKeys = ["file", "header"]
    static let basicKeys = ["file"]
    static let jwtKeys = [
        "algorithms", "keys", "secret", "issuer", "audience", "leeway", "requireExpiry", "refresh", "leastRefresh",
        "timeout", "caFile", "remember",
    ]

    let source: SettingsSource

    static func readAll(_ policies: ObjectReader?, _ source: SettingsSource) -> [AccessSettings] {
        guard let policies else { return [] }
        return policies.members.compactMap { member in
            if member.name == AccessRule.anonymous {
                source.diagnostics.error(
                    "'anonymous' stands for everybody, and is no name for a policy",
                    in: policies.file,
                    at: member.key
                )
            }
            return ObjectReader(
                member.value,
                in: policies.file,
                role: "the access policy '\(member.name)'",
                known: keys,
                diagnostics: source.diagnostics
            ).flatMap { AccessSettingsReader(source: source).read($0, named: member.name) }
        }
    }

    private func read(_ reader: ObjectReader, named name: String) -> AccessSettings? {
        let found = Self.schemes.filter { reader[$0] != nil }
        guard let key = found.first, found.count == 1, let slice = reader[key] else {
            source.diagnostics.error(
                found.isEmpty
                    ? "\(reader.role) says nothing of how a caller proves who it is"
                    : "\(reader.role) has \(found.count) ways to prove who asks",
                in: reader.file,
                at: found.dropFirst().first.flatMap { reader[$0] } ?? reader.object,
                help: found.isEmpty
                    ? "one of " + Self.schemes.joined(separator: ", ")
                    : "one policy has one; an endpoint may name several policies"
            )
            return nil
        }
        let path = ["access", name]
        guard let scheme = scheme(key, reader, path) else { return nil }
        var settings = AccessSettings(
            name: name,
            scheme: scheme,
            place: Diagnostic.Place(file: reader.file, range: slice.byteRange)
        )
        settings.require = expression("require", reader)
        settings.realm = realm(reader) ?? settings.realm
        settings.forwards = reader.bool("forward") ?? false
        return settings
    }

    private func scheme(_ key: String, _ reader: ObjectReader, _ path: [String]) -> AccessSettings.Scheme? {
        switch key {
        case "apiKeys":
            guard let nested = reader.nested(key, known: Self.apiKeysKeys) else { return nil }
            let header = source.string("header", of: path + [key], in: nested) ?? "x-api-key"
            guard HeaderValidation.isToken(header),
                !["host", "content-length", "connection"].contains(header.lowercased())
            else {
                return nested["header"].flatMap { nested.mismatch("header", $0, wanted: "the name of a header") }
            }
            return file(nested, path + [key]).map { .apiKey(file: $0, header: header.lowercased()) }
        case "basic":
            guard let nested = reader.nested(key, known: Self.basicKeys) else { return nil }
            return file(nested, path + [key]).map { .password(file: $0) }
        case "clientCertificate":
            return reader.nested(key, known: []).map { _ in .certificate }
        default:
            return reader.nested(key, known: Self.jwtKeys).flatMap { token($0, path + [key]) }.map { .token($0) }
        }
    }

    private func file(_ reader: ObjectReader, _ path: [String]) -> String? {
        guard reader["file"] != nil else {
            reader.missing("file")
            return nil
        }
        return source.string("file", of: path, in: reader)
    }

    private func realm(_ reader: ObjectReader) -> String? {
        guard let text = reader.string("realm"), let slice = reader["realm"] else { return nil }
        guard text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }), text.utf8.count <= 128 else {
            return reader.mismatch("realm", slice, wanted: "a text of up to 128 printable ASCII characters")
        }
        return text
    }

    private func expression(_ key: String, _ reader: ObjectReader) -> Expression? {
        guard let text = reader.string(key), let slice = reader[key] else { return nil }
        do throws(ExpressionError) {
            return try Expression.parse(text)
        } catch {
            let start = reader.file.offset(ofDecoded: error.range.lowerBound, in: slice)
            let end = reader.file.offset(ofDecoded: error.range.upperBound, in: slice)
            source.diagnostics.error(
                error.message,
                in: reader.file,
                at: start..<max(start, end),
                help: error.fix ?? "an expression over the claims, for instance \"contains(roles, 'admin')\""
            )
            return nil
        }
    }
}

// MARK: - Tokens

extension AccessSettingsReader {
    private func token(_ reader: ObjectReader, _ path: [String]) -> AccessSettings.Token? {
        guard let algorithms = algorithms(reader), let keys = keys(reader, path, algorithms) else { return nil }
        var token = AccessSettings.Token(algorithms: algorithms, keys: keys)
        token.rules.issuers = texts("issuer", reader)
        token.rules.audiences = texts("audience", reader)
        func seconds(_ key: String, _ range: ClosedRange<Duration>) -> Double? {
            reader.duration(key, in: range).map { Double($0.milliseconds) / 1000 }
        }
        token.rules.leeway = seconds("leeway", .zero...(.seconds(600))) ?? token.rules.leeway
        token.rules.needsExpiry = reader.bool("requireExpiry") ?? true
        token.pace.refresh = seconds("refresh", .seconds(1)...(.seconds(7 * 86_400))) ?? token.pace.refresh
        token.pace.least = seconds("leastRefresh", .seconds(1)...(.seconds(3600))) ?? token.pace.least
        token.timeout = reader.duration("timeout", in: .milliseconds(1)...(.seconds(60))) ?? token.timeout
        token.caFile = source.string("caFile", of: path, in: reader)
        token.capacity = reader.integer("remember", in: 0...1_000_000) ?? token.capacity
        if case .url = keys { return token }
        for key in ["refresh", "leastRefresh", "timeout", "caFile"] {
            guard let slice = reader[key] else { continue }
            source.diagnostics.error(
                "'\(key)' is about keys at a URL",
                in: reader.file,
                at: slice,
                help: "take it away"
            )
        }
        return token
    }

    private func algorithms(_ reader: ObjectReader) -> [TokenAlgorithm]? {
        let known = TokenAlgorithm.allCases.map(\.rawValue)
        guard let slice = reader["algorithms"] else {
            reader.missing("algorithms")
            return nil
        }
        guard slice.kind == .array, slice.count > 0 else {
            return reader.mismatch("algorithms", slice, wanted: "a list such as [\"ES256\"]")
        }
        var algorithms: [TokenAlgorithm] = []
        for element in slice.elements {
            guard let algorithm = element.string.flatMap(TokenAlgorithm.init) else {
                source.diagnostics.error(
                    "'algorithms' has what is no algorithm that verifies anything",
                    in: reader.file,
                    at: element,
                    help: "one of " + known.joined(separator: ", ")
                )
                return nil
            }
            algorithms.append(algorithm)
        }
        if Set(algorithms.map(\.isSymmetric)).count > 1 {
            source.diagnostics.error(
                "a policy with secrets and public keys at once could take the one for the other",
                in: reader.file,
                at: slice,
                help: "make two policies; an endpoint may name both"
            )
            return nil
        }
        return algorithms
    }

    private func keys(
        _ reader: ObjectReader,
        _ path: [String],
        _ algorithms: [TokenAlgorithm]
    ) -> AccessSettings.Token.Keys? {
        let isSymmetric = algorithms.allSatisfy(\.isSymmetric)
        if let slice = reader["secret"] {
            guard isSymmetric, reader["keys"] == nil else {
                source.diagnostics.error(
                    isSymmetric ? "'secret' and 'keys' stand together" : "'secret' is for HS256, HS384 and HS512",
                    in: reader.file,
                    at: slice,
                    help: isSymmetric ? "keep one" : "public keys are named by 'keys'"
                )
                return nil
            }
            guard let text = source.string("secret", of: path, in: reader) else { return nil }
            let least = algorithms.compactMap(\.leastSecretBytes).max() ?? 0
            guard text.utf8.count >= least else {
                source.diagnostics.error(
                    "the secret has \(text.utf8.count) bytes, and these algorithms need \(least)",
                    in: SourceFile(path: reader.file.path, bytes: reader.file.bytes, isQuotable: false),
                    at: slice,
                    help: "for instance the output of: openssl rand -base64 \(least)"
                )
                return nil
            }
            return .secret(Array(text.utf8))
        }
        guard let slice = reader["keys"] else {
            reader.missing(isSymmetric ? "secret" : "keys")
            return nil
        }
        guard let text = source.string("keys", of: path, in: reader) else { return nil }
        guard text.contains("://") else { return .file(text) }
        let host = text.hasPrefix("http://") ? text.dropFirst("http://".count).prefix { !"/:".contains($0) } : ""
        guard
            text.hasPrefix("https://") || ["127.0.0.1", "localhost", "[::1]"].contains(String(host))
                || text.hasPrefix("http://[::1]")
        else {
            source.diagnostics.error(
                "keys that come unencrypted could be anybody's",
                in: reader.file,
                at: slice,
                help: "an https:// URL; http:// is for 127.0.0.1 alone"
            )
            return nil
        }
        return .url(text)
    }

    private func texts(_ key: String, _ reader: ObjectReader) -> [String] {
        guard let slice = reader[key] else { return [] }
        let elements = slice.kind == .array ? Array(slice.elements) : [slice]
        let texts = elements.compactMap(\.string).filter { !$0.isEmpty }
        guard !texts.isEmpty, texts.count == elements.count else {
            return reader.mismatch(key, slice, wanted: "a string or a list of strings") ?? []
        }
        return texts
    }
}
