import JSONSlices
import Testing

@testable import Cases
@testable import Composition
@testable import Gateway
@testable import Replay

/// An object of a schema, and the keys that its decoder knows.
struct DescribedObject: Sendable, CustomTestStringConvertible {
    let schema: String
    /// From the top of the schema to the object's own, by names: `$defs`, `call`.
    let path: [String]
    let keys: [String]

    var testDescription: String { "\(schema) /\(path.joined(separator: "/"))" }

    /// Every object with keys of its own that the decoders read. `$ref` is resolved before they see a composition, so that
    /// it is a key of every object but the whole.
    static let all: [DescribedObject] = [
        .init("composition", [], CompositionReader.keys),
        .init("composition", ["properties", "access", "anyOf", "2"], AccessReader.keys + ["$ref"]),
        .init("composition", ["$defs", "limitUse"], LimitReader.keys + ["$ref"]),
        .init("composition", ["properties", "match"], MatchReader.keys + ["$ref"]),
        .init("composition", ["$defs", "condition", "anyOf", "1"], MatchReader.testKeys),
        .init("composition", ["$defs", "parameter"], ParameterReader.keys + ["$ref"]),
        .init("composition", ["$defs", "parameterItems"], ValueSchemaReader.scalarKeys + ["$ref"]),
        .init("composition", ["$defs", "bodySchema"], ValueSchemaReader.bodyKeys + ["$ref"]),
        .init("composition", ["$defs", "call"], CallReader.keys + ["$ref"]),
        .init("composition", ["$defs", "batch"], CallReader.batchKeys + ["$ref"]),
        .init("composition", ["$defs", "proxy"], ProxyReader.proxyKeys + ["$ref"]),
        .init("composition", ["$defs", "mirror"], Mirror.keys + ["$ref"]),
        .init("composition", ["$defs", "headerChanges"], ProxyChangesReader.headerKeys + ["$ref"]),
        .init("composition", ["$defs", "response"], Composition.ResponseReader.keys + ["$ref"]),
        .init("composition", ["$defs", "cacheRules"], CacheReader.keys + ["$ref"]),
        .init("composition", ["$defs", "cacheVary"], CacheReader.varyKeys + ["$ref"]),
        .init("gateway", [], GatewaySettings.keys),
        .init("gateway", access, AccessSettingsReader.keys),
        .init("gateway", access + ["properties", "apiKeys"], AccessSettingsReader.apiKeysKeys),
        .init("gateway", access + ["properties", "jwt"], AccessSettingsReader.jwtKeys),
        .init("gateway", access + ["properties", "basic"], AccessSettingsReader.basicKeys),
        .init("gateway", limits, LimitSettingsReader.keys),
        .init(
            "gateway",
            limits + ["properties", "whenRedisFails", "anyOf", "1"],
            LimitSettingsReader.failureKeys
        ),
        .init("gateway", ["properties", "tls"], TLSSettingsReader.keys),
        .init("gateway", ["properties", "tls"] + certificate, TLSSettingsReader.certificateKeys),
        .init("gateway", ["properties", "tls", "properties", "clientCertificates"], TLSSettingsReader.clientKeys),
        .init("gateway", ["properties", "http2"], HTTP2Options.keys),
        .init("gateway", ["properties", "admin"], GatewaySettings.adminKeys),
        .init("gateway", ["properties", "cache"], GatewaySettings.cacheKeys),
        .init("gateway", ["properties", "addresses"], EdgeSettingsReader.addressKeys),
        .init("gateway", ["properties", "cors"], CORSSettingsReader.keys),
        .init("gateway", ["properties", "securityHeaders"], ReplyHeaderRules.names),
        .init("gateway", ["properties", "responseHeaders"], EdgeSettingsReader.responseHeaderKeys),
        .init("gateway", ["properties", "compression"], CompressionSettingsReader.keys),
        .init("gateway", ["properties", "compression", "properties", "levels"], CompressionSettingsReader.levelKeys),
        .init("gateway", ["properties", "log"], GatewaySettings.logKeys),
        .init("gateway", ["properties", "tracing"], TracingSettingsReader.keys),
        .init("gateway", ["properties", "limits"], GatewaySettings.limitKeys),
        .init("gateway", ["properties", "backends", "additionalProperties"], BackendSettings.keys),
        .init("fixture", [], FixtureReader.keys),
        .init("fixture", ["$defs", "request"], RequestReader.keys),
        .init("fixture", ["$defs", "response"], Replay.ResponseReader.keys),
        .init("fixture", ["$defs", "spread"], DelayReader.keys),
        .init("cases", [], CaseFile.keys),
        .init("cases", ["$defs", "case"], CaseReader.keys),
        .init("cases", ["$defs", "request"], ClientRequestReader.keys),
        .init("cases", ["$defs", "response"], ExpectedReplyReader.keys),
        .init("cases", ["$defs", "share"], ExpectedTrafficReader.backendKeys),
        .init("cases", ["$defs", "count"], ExpectedTrafficReader.countKeys),
        .init("cases", ["$defs", "sent"], ExpectedTrafficReader.sentKeys),
        .init("scenario", [], ScenarioReader.keys),
        .init("scenario", ["$defs", "backend"], ScenarioReader.backendKeys),
        .init("scenario", ["$defs", "exchange"], ScenarioReader.fixtureKeys),
        .init("scenario", ["$defs", "request"], RequestReader.keys),
        .init("scenario", ["$defs", "response"], Replay.ResponseReader.keys),
        .init("scenario", ["$defs", "spread"], DelayReader.keys),
    ]

    private static let limits = ["properties", "rateLimits", "additionalProperties"]
    private static let certificate = ["properties", "certificates", "items"]
    private static let access = ["properties", "access", "additionalProperties"]

    private init(_ schema: String, _ path: [String], _ keys: [String]) {
        self.schema = schema
        self.path = path
        self.keys = keys
    }

    func properties() throws -> [(name: String, schema: JSONSlice)] {
        var slice = try Schemas.root(of: schema)
        for name in path {
            let part = Int(name).flatMap { slice.element(at: $0) } ?? slice.member(name)
            slice = try #require(part, "the schema has no \(name)")
        }
        #expect(slice.member("additionalProperties")?.bool == false)
        let properties = try #require(slice.member("properties"))
        return properties.members.map { ($0.key.string ?? "", $0.value) }
    }
}

enum Schemas {
    static func root(of name: String) throws -> JSONSlice {
        try JSONDocument(parsing: try Repository.bytes(of: "schemas/\(name).schema.json")).root
    }

    /// The part of a schema that a local reference means: `#/$defs/call`.
    static func target(of reference: String, in root: JSONSlice) -> JSONSlice? {
        reference.split(separator: "/").dropFirst().reduce(root) { slice, name in slice?.member(String(name)) }
    }
}

@Suite("Schemas and decoders")
struct SchemaKeysTests {
    @Test("every key of one is a key of the other", arguments: DescribedObject.all)
    func keys(of object: DescribedObject) throws {
        let described = try object.properties().map(\.name)
        #expect(Set(described).subtracting(object.keys) == [], "described, but not read")
        #expect(Set(object.keys).subtracting(described) == [], "read, but not described")
        #expect(described.count == Set(described).count)
    }

    @Test(
        "every key has a description, and an example, a default or a list of its values",
        arguments: DescribedObject.all
    )
    func explained(object: DescribedObject) throws {
        let root = try Schemas.root(of: object.schema)
        for (name, schema) in try object.properties() {
            let named = schema.member("$ref")?.string.flatMap { Schemas.target(of: $0, in: root) }
            func has(_ key: String) -> Bool { schema.member(key) != nil || named?.member(key) != nil }
            #expect(has("description"), "'\(name)' has no description")
            let isShown = ["examples", "default", "enum", "properties"].contains(where: has)
            #expect(isShown || schema.member("type")?.string == "boolean", "'\(name)' has no example")
        }
    }

    @Test(
        "every object that the schemas close is one that a decoder reads",
        arguments: ["composition", "gateway", "fixture", "scenario", "cases"]
    )
    func nothingBesides(schema: String) throws {
        var closed: [String] = []
        func visit(_ slice: JSONSlice, _ path: [String]) {
            if slice.member("additionalProperties")?.bool == false, slice.member("properties") != nil {
                closed.append(path.joined(separator: "/"))
            }
            for (key, value) in slice.members where key.string != "examples" { visit(value, path + [key.string ?? ""]) }
            for (place, element) in slice.elements.enumerated() { visit(element, path + ["\(place)"]) }
        }
        visit(try Schemas.root(of: schema), [])
        let known = DescribedObject.all.filter { $0.schema == schema }.map { $0.path.joined(separator: "/") }
        #expect(Set(closed) == Set(known))
    }

    @Test("what fixtures and scenarios have in common is described alike")
    func alike() throws {
        let ofFixture = try #require(Schemas.root(of: "fixture").member("$defs"))
        let ofScenario = try #require(Schemas.root(of: "scenario").member("$defs"))
        for (name, schema) in ofFixture.members {
            let other = ofScenario.member(name.string ?? "")
            #expect(other.map(CompactJSON.bytes) == CompactJSON.bytes(of: schema), "\(name.string ?? "")")
        }
    }
}
