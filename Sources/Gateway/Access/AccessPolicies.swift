public import Composition
import CurlTransport
public import Diagnostics
import Foundation
import Identity
import Logging
import Synchronization

/// The access policies of a gateway, their files read and their keys made. Safe from any thread.
public final class AccessPolicies: Sendable {
    /// The names of the backends that keys come from begin with this; no backend of the settings can.
    static let backendPrefix = "access:"
    /// The longest file of keys or passwords, in bytes.
    static let maximumFile = 16 << 20

    let policies: [String: AccessPolicy]
    private let tokens: [String: (settings: AccessSettings.Token, policy: TokenPolicy)]
    /// What keys at URLs are fetched through.
    let backends: [BackendOptions]
    /// Whether endpoints that name no policy are refused when there are some.
    private let isComplete: Bool
    /// The files that were read.
    public let paths: [String]

    /// What remote keys need of a gateway that serves; carried over from load to load.
    private let site: Site

    private final class Site: Sendable {
        let transport = Mutex<CurlTransport?>(nil)
        let logger = Mutex<Logger?>(nil)
    }

    /// For gateways without any.
    public convenience init() {
        self.init(policies: [:], tokens: [:], backends: [], paths: [], site: Site())
    }

    private init(
        policies: [String: AccessPolicy],
        tokens: [String: (settings: AccessSettings.Token, policy: TokenPolicy)],
        backends: [BackendOptions],
        paths: [String],
        site: Site,
        isComplete: Bool = true
    ) {
        self.isComplete = isComplete
        self.policies = policies
        self.tokens = tokens
        self.backends = backends
        self.paths = paths
        self.site = site
    }

    /// Reads the files and makes the keys. Whatever is wrong is reported.
    ///
    /// - Parameters:
    ///   - folder: of the settings file, which the files are relative to; with a slash at its end, or empty.
    ///   - previous: what was served before: keys that came from a URL stay where nothing of their policy has changed.
    public static func load(
        _ settings: [AccessSettings],
        folder: String,
        previous: AccessPolicies? = nil,
        diagnostics: DiagnosticList
    ) async -> AccessPolicies {
        var loader = AccessLoader(folder: folder, diagnostics: diagnostics)
        let site = previous?.site ?? Site()
        var policies: [String: AccessPolicy] = [:]
        var tokens: [String: (settings: AccessSettings.Token, policy: TokenPolicy)] = [:]
        var backends: [BackendOptions] = []
        for policy in settings {
            var scheme: AccessPolicy.Scheme?
            switch policy.scheme {
            case .apiKey(let file, let header):
                scheme = loader.consumerKeys(file, at: policy.place).map { .apiKey($0, header: header) }
            case .password(let file):
                scheme = loader.passwords(file, at: policy.place).map { .password($0) }
            case .certificate:
                scheme = .certificate
            case .token(let token):
                var made = previous?.tokens[policy.name].flatMap { $0.settings == token ? $0.policy : nil }
                switch token.keys {
                case .url(let url):
                    let name = backendPrefix + policy.name
                    var options = BackendOptions(name: name)
                    options.maxResponseBody = 1 << 20
                    options.caFile = token.caFile
                    backends.append(options)
                    made = made ?? remote(token, url, backend: name, site)
                case .file(let path):
                    // The file may have other keys now.
                    made = await loader.keys(path, for: token.algorithms, at: policy.place).map { fixed(token, $0) }
                case .secret(let secret):
                    made = await loader.keys(secret: secret, for: token.algorithms, at: policy.place).map {
                        fixed(token, $0)
                    }
                }
                if let made { tokens[policy.name] = (token, made) }
                scheme = made.map { .token($0) }
            }
            guard let scheme else { continue }
            policies[policy.name] = AccessPolicy(
                name: policy.name,
                scheme: scheme,
                realm: policy.realm,
                require: policy.require,
                forwards: policy.forwards
            )
        }
        return AccessPolicies(policies: policies, tokens: tokens, backends: backends, paths: loader.paths, site: site)
    }

    /// Policies under all the names that endpoints use, which believe whatever claims a request states in a header. For
    /// gateways that test endpoints on a loopback port, and never for others.
    package static func asserted(by header: String, for compositions: CompositionSet) -> AccessPolicies {
        let names = compositions.endpoints.flatMap { ($0.access?.policies ?? []).map(\.name) }
        let policies = names.map { name in
            let policy = AccessPolicy(
                name: name,
                scheme: .asserted(header: header),
                realm: "test",
                require: nil,
                forwards: false
            )
            return (name, policy)
        }
        return AccessPolicies(
            policies: Dictionary(policies, uniquingKeysWith: { first, _ in first }),
            tokens: [:],
            backends: [],
            paths: [],
            site: Site(),
            isComplete: false
        )
    }

    private static func fixed(_ token: AccessSettings.Token, _ keys: VerificationKeys) -> TokenPolicy {
        TokenPolicy(algorithms: token.algorithms, rules: token.rules, keys: keys, capacity: token.capacity)
    }

    private static func remote(
        _ token: AccessSettings.Token,
        _ url: String,
        backend: String,
        _ site: Site
    ) -> TokenPolicy {
        TokenPolicy(algorithms: token.algorithms, rules: token.rules, capacity: token.capacity) { changed in
            RemoteKeys(
                url: url,
                algorithms: token.algorithms,
                pace: token.pace,
                timeout: token.timeout,
                backend: { site.transport.withLock { $0?.backend(named: backend) } },
                changed: changed,
                report: { line in site.logger.withLock { $0 }?.warning("\(line)") }
            )
        }
    }

    /// Gives the keys what they are fetched through.
    func serve(through transport: CurlTransport, logger: Logger) {
        site.transport.withLock { $0 = transport }
        site.logger.withLock { $0 = logger }
    }

    /// - Returns: nil when a policy is missing, which the check of the endpoints would have found.
    func gatekeeper(for rule: AccessRule?) -> Gatekeeper? {
        guard let rule else {
            // Where no policy is declared, nothing is guarded; where one is, each endpoint says who may use it.
            return policies.isEmpty || !isComplete
                ? Gatekeeper(policies: [], allowsAnonymous: true, require: nil) : nil
        }
        let named = rule.policies.compactMap { policies[$0.name] }
        guard named.count == rule.policies.count else { return nil }
        return Gatekeeper(policies: named, allowsAnonymous: rule.allowsAnonymous, require: rule.require)
    }

    /// Reports endpoints that name a policy that is not there, or none where there are some.
    public static func check(_ compositions: CompositionSet, names: [String], diagnostics: DiagnosticList) {
        for endpoint in compositions.endpoints {
            guard let rule = endpoint.access else {
                guard !names.isEmpty else { continue }
                diagnostics.error(
                    "the endpoint does not say who may use it",
                    in: endpoint.place.file,
                    at: endpoint.place.range,
                    help: "add \"access\": \"\(names[0])\", or \"access\": \"anonymous\" for everybody"
                )
                continue
            }
            for (name, place) in rule.policies where !names.contains(name) {
                diagnostics.error(
                    "no access policy is named '\(name)'",
                    in: place.file,
                    at: place.range,
                    help: suggestion(for: name, among: names)
                        ?? "declare it in the settings, under \"access\""
                )
            }
        }
    }
}

extension AccessPolicies {
    /// The headers, in lower case, that the policies read.
    var credentialHeaders: Set<String> { Set(policies.values.compactMap(\.header)) }
}
