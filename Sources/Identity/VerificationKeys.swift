import Crypto
import JSONSlices
import JWTKit

/// The keys that tokens are verified with. Immutable; jwt-kit does the arithmetic.
public struct VerificationKeys: Sendable {
    /// Keys in a document beyond which it is refused.
    static let maximumCount = 100
    /// The least bits of an RSA modulus (RFC 7518, section 3.3).
    static let leastModulusBits = 2048

    struct Key: Sendable {
        var keyID: String?
        /// What it verifies, by algorithm; all of one kind of key.
        var verifiers: [TokenAlgorithm: any JWTAlgorithm]
    }

    private(set) var keys: [Key] = []
    /// What stood in the document and cannot be used, in sentences for the operator.
    public private(set) var notes: [String] = []

    public var isEmpty: Bool { keys.isEmpty }

    /// Why keys cannot be read, in a sentence for the operator. It holds nothing of the keys.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// A JSON Web Key Set (RFC 7517, section 5). Keys that do not serve the algorithms are passed over, as the RFC asks.
    ///
    /// - Parameters:
    ///   - algorithms: those that the policy allows.
    ///   - mayBeEmpty: whether a set in which no key serves them is one as well.
    public init(
        set bytes: [UInt8],
        for algorithms: [TokenAlgorithm],
        mayBeEmpty: Bool = false
    ) async throws(Failure) {
        guard let root = (try? JSONDocument(parsing: bytes, limits: JSONLimits(maxDepth: 16)))?.root else {
            throw Failure(description: "it is no JSON document")
        }
        guard let list = root.member("keys"), list.kind == .array else {
            throw Failure(description: "it has no list \"keys\", which a JSON Web Key Set has")
        }
        guard list.count <= Self.maximumCount else {
            throw Failure(description: "it has more than \(Self.maximumCount) keys")
        }
        for (place, slice) in list.elements.enumerated() {
            do throws(Failure) {
                if let key = try await Self.key(slice, algorithms) { keys.append(key) }
            } catch {
                notes.append("key \(place + 1) is passed over: \(error.description)")
            }
        }
        guard keys.isEmpty else { return }
        let names = algorithms.map(\.rawValue).joined(separator: ", ")
        let failure = Failure(description: (["no key serves \(names)"] + notes).joined(separator: "; "))
        guard mayBeEmpty else { throw failure }
        notes = [failure.description]
    }

    /// Whether there is a key of that name.
    func hasKey(named keyID: String?) -> Bool {
        keyID != nil && keys.contains { $0.keyID == keyID }
    }

    /// A secret shared with whoever signs.
    public init(secret: [UInt8], for algorithms: [TokenAlgorithm]) async throws(Failure) {
        keys = [Key(keyID: nil, verifiers: try await Self.verifiers(secret: secret, algorithms))]
    }

    /// A public key in PEM.
    public init(pem: String, for algorithms: [TokenAlgorithm]) async throws(Failure) {
        let collection = JWTKeyCollection()
        var verifiers: [TokenAlgorithm: any JWTAlgorithm] = [:]
        for algorithm in algorithms {
            let kid = JWKIdentifier(string: algorithm.rawValue)
            do {
                switch algorithm {
                case .hs256, .hs384, .hs512: continue
                case .es256: await collection.add(ecdsa: try ES256PublicKey(pem: pem), kid: kid)
                case .es384: await collection.add(ecdsa: try ES384PublicKey(pem: pem), kid: kid)
                case .es512: await collection.add(ecdsa: try ES512PublicKey(pem: pem), kid: kid)
                case .rs256:
                    await collection.add(rsa: try Insecure.RSA.PublicKey(pem: pem), digestAlgorithm: .sha256, kid: kid)
                case .rs384:
                    await collection.add(rsa: try Insecure.RSA.PublicKey(pem: pem), digestAlgorithm: .sha384, kid: kid)
                case .rs512:
                    await collection.add(rsa: try Insecure.RSA.PublicKey(pem: pem), digestAlgorithm: .sha512, kid: kid)
                case .ps256:
                    await collection.add(pss: try Insecure.RSA.PublicKey(pem: pem), digestAlgorithm: .sha256, kid: kid)
                case .ps384:
                    await collection.add(pss: try Insecure.RSA.PublicKey(pem: pem), digestAlgorithm: .sha384, kid: kid)
                case .ps512:
                    await collection.add(pss: try Insecure.RSA.PublicKey(pem: pem), digestAlgorithm: .sha512, kid: kid)
                case .edDSA: throw Failure(description: "EdDSA keys are read from a JSON Web Key Set")
                }
                verifiers[algorithm] = try await collection.getKey(for: kid)
            } catch {
                notes.append("it is no key for \(algorithm.rawValue)")
            }
        }
        guard !verifiers.isEmpty else {
            throw Failure(description: notes.isEmpty ? "it is no public key in PEM" : notes.joined(separator: "; "))
        }
        keys = [Key(keyID: nil, verifiers: verifiers)]
    }

    /// Whether a key signed this. A token that names its key is verified with that key only; one that names none, with each
    /// of the right kind.
    ///
    /// - Throws: `.unknownKey` or `.signature`.
    func verify(_ token: CompactToken) throws(TokenFault) {
        let candidates = keys.filter { key in
            key.verifiers[token.algorithm] != nil
                && (token.keyID == nil || key.keyID == nil || key.keyID == token.keyID)
        }
        guard !candidates.isEmpty else { throw .unknownKey }
        for key in candidates {
            guard let verifier = key.verifiers[token.algorithm] else { continue }
            if (try? verifier.verify(token.signature, signs: token.signed)) == true { return }
        }
        throw .signature
    }
}

extension VerificationKeys {
    /// - Returns: nil for a key that is meant for something else.
    private static func key(_ slice: JSONSlice, _ algorithms: [TokenAlgorithm]) async throws(Failure) -> Key? {
        guard slice.kind == .object else { throw Failure(description: "it is no object") }
        if let use = slice.member("use")?.string, use != "sig" { return nil }
        guard let type = slice.member("kty")?.string else { throw Failure(description: "it has no 'kty'") }
        let curve = slice.member("crv")?.string
        let served = algorithms.filter { algorithm in
            algorithm.keyType == type && (algorithm.curve == nil || algorithm.curve == curve)
                && slice.member("alg")?.string.map { $0 == algorithm.rawValue } ?? true
        }
        guard !served.isEmpty else { return nil }
        let keyID = slice.member("kid")?.string
        if type == "oct" {
            guard let text = slice.member("k")?.string, let secret = Base64URL.decode(text.utf8) else {
                throw Failure(description: "its 'k' is no base64url")
            }
            return Key(keyID: keyID, verifiers: try await verifiers(secret: secret, served))
        }
        if type == "RSA" {
            let modulus = slice.member("n")?.string.flatMap { Base64URL.decode($0.utf8) } ?? []
            guard modulus.drop(while: { $0 == 0 }).count * 8 >= leastModulusBits else {
                throw Failure(description: "an RSA key has \(leastModulusBits) bits or more")
            }
        }
        return Key(keyID: keyID, verifiers: try await verifiers(of: slice, served))
    }

    private static func verifiers(
        of slice: JSONSlice,
        _ algorithms: [TokenAlgorithm]
    ) async throws(Failure) -> [TokenAlgorithm: any JWTAlgorithm] {
        let text = slice.withUTF8 { String(decoding: $0, as: UTF8.self) }
        var verifiers: [TokenAlgorithm: any JWTAlgorithm] = [:]
        do {
            var key = try JWK(json: text)
            key.keyIdentifier = JWKIdentifier(string: "key")
            // Nothing here signs.
            key.privateExponent = nil
            for algorithm in algorithms {
                key.algorithm = JWK.Algorithm(rawValue: algorithm.rawValue)
                let collection = JWTKeyCollection()
                try await collection.add(jwk: key)
                verifiers[algorithm] = try await collection.getKey(for: key.keyIdentifier)
            }
        } catch {
            throw Failure(description: "it is no valid key of kind \(algorithms.first?.keyType ?? "")")
        }
        return verifiers
    }

    private static func verifiers(
        secret: [UInt8],
        _ algorithms: [TokenAlgorithm]
    ) async throws(Failure) -> [TokenAlgorithm: any JWTAlgorithm] {
        let collection = JWTKeyCollection()
        var verifiers: [TokenAlgorithm: any JWTAlgorithm] = [:]
        for algorithm in algorithms where algorithm.isSymmetric {
            let least = algorithm.leastSecretBytes ?? 0
            guard secret.count >= least else {
                throw Failure(description: "a secret for \(algorithm.rawValue) has \(least) bytes or more")
            }
            let kid = JWKIdentifier(string: algorithm.rawValue)
            let digest: DigestAlgorithm =
                switch algorithm {
                case .hs384: .sha384
                case .hs512: .sha512
                default: .sha256
                }
            await collection.add(hmac: HMACKey(key: SymmetricKey(data: secret)), digestAlgorithm: digest, kid: kid)
            do {
                verifiers[algorithm] = try await collection.getKey(for: kid)
            } catch {
                throw Failure(description: "it cannot be used for \(algorithm.rawValue)")
            }
        }
        guard !verifiers.isEmpty else { throw Failure(description: "a secret serves HS256, HS384 and HS512") }
        return verifiers
    }
}
