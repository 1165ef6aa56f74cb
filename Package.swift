// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// One set of rules for every target: Swift 6, explicit existentials and imports, and async functions that stay on the
/// executor of their caller, which is what keeps a composition on its loop.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// As `CHiredis` finds it out.
let hasRedisTLS = ["/usr/include", "/usr/local/include"].contains {
    FileManager.default.fileExists(atPath: "\($0)/hiredis/hiredis_ssl.h")
}

let nio: [Target.Dependency] = [
    .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]

let package = Package(
    name: "medley",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "medley", targets: ["medley"]),
        // For the tests of those who write compositions.
        .library(name: "MedleyTesting", targets: ["MedleyTesting"]),
    ],
    dependencies: [
        // HTTP to clients, and the fixture backends: the ecosystem's own server core.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // The interface that every Swift server logs through, so that another log handler can take this one's place.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // The command line: parsing, help, completions.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Only its UnixSignals: SIGTERM as an asynchronous sequence.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // TLS to clients: BoringSSL behind NIO's own handler.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // HTTP/2 to clients, with its guards against floods.
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        // What certificates say of whom they are for; what jwt-kit is built on.
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        // The signatures of JSON Web Tokens.
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        // SHA-2 and HMAC for the hashes of keys and passwords; what jwt-kit is built on.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // The interface that every Swift server counts through.
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        // The interface that every Swift server traces through.
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    ],
    targets: [
        // libcurl's variadic functions and epoll, for Swift to call.
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        // The asynchronous client of Redis and Valkey, for the shared cache: its protocol is not written anew. TLS is a
        // library of its own, since version 1.0.
        .target(
            name: "CHiredis",
            linkerSettings: [.linkedLibrary("hiredis")] + (hasRedisTLS ? [.linkedLibrary("hiredis_ssl")] : [])
        ),
        // XXH3, header-only, from libxxhash-dev: a strong validator for each reply at several GB/s.
        .target(name: "CXXHash"),
        // The files of schemas/, for `medley init` to write.
        .target(name: "CSchemas"),
        // Bodies in the shared cache: at level 1 several times smaller, at some 500 MB/s.
        .target(name: "CZstd", linkerSettings: [.linkedLibrary("zstd")]),
        // Bodies for clients that accept them coded.
        .target(
            name: "CCodings",
            linkerSettings: [.linkedLibrary("brotlienc"), .linkedLibrary("z")]
        ),
        // crypt(3), which every system has: the hashes of passwords that htpasswd and mkpasswd write.
        .target(name: "CCrypt", linkerSettings: [.linkedLibrary("crypt")]),
        .target(name: "CurlTransport", dependencies: ["CCurl"], swiftSettings: settings),
        .target(name: "JSONSlices", swiftSettings: settings),
        .target(name: "Diagnostics", dependencies: ["JSONSlices"], swiftSettings: settings),
        .target(name: "JMESPath", dependencies: ["JSONSlices"], swiftSettings: settings),
        // What backends say of themselves.
        .target(name: "OpenAPI", dependencies: ["Diagnostics", "JSONSlices"], swiftSettings: settings),
        .target(
            name: "Composition",
            dependencies: [
                "CXXHash", "CurlTransport", "Diagnostics", "JMESPath", "JSONSlices", "OpenAPI", "ResponseCache",
            ],
            swiftSettings: settings
        ),
        // What may be reused, for how long, and for whom.
        .target(
            name: "ResponseCache",
            dependencies: ["CHiredis", "CXXHash", "CZstd", "CurlTransport"],
            swiftSettings: settings
        ),
        // How much may be asked for: rates and quotas, of a node or of several through Redis.
        .target(
            name: "RateLimits",
            dependencies: ["CurlTransport", "ResponseCache", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings
        ),
        // Who asks: API keys, tokens, passwords, certificates.
        .target(
            name: "Identity",
            dependencies: [
                "CCrypt", "CurlTransport", "Diagnostics", "JMESPath", "JSONSlices",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            swiftSettings: settings
        ),
        // How it is going: metrics for Prometheus, traces for OpenTelemetry.
        .target(
            name: "Telemetry",
            dependencies: [
                "CurlTransport",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Replay",
            dependencies: ["Diagnostics", "JMESPath", "JSONSlices"] + nio,
            swiftSettings: settings
        ),
        // Real exchanges as fixtures: seen on the way to the backends, or read from an HTTP archive.
        .target(
            name: "Recording",
            dependencies: ["CurlTransport", "Diagnostics", "JSONSlices", "Replay"] + nio,
            swiftSettings: settings
        ),
        .target(
            name: "Gateway",
            dependencies: [
                "CCodings", "CZstd", "Composition", "CurlTransport", "Diagnostics", "Identity", "JMESPath",
                "JSONSlices", "RateLimits", "ResponseCache", "Telemetry",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "X509", package: "swift-certificates"),
            ] + nio,
            swiftSettings: settings
        ),
        // Cases beside compositions: read, run on recorded backends, compared, told.
        .target(
            name: "Cases",
            dependencies: [
                "Composition", "CurlTransport", "Diagnostics", "Gateway", "JMESPath", "JSONSlices", "Replay",
            ],
            swiftSettings: settings
        ),
        // A gateway inside a test of Swift Testing or XCTest.
        .target(
            name: "MedleyTesting",
            dependencies: ["Cases", "CurlTransport", "Diagnostics", "JMESPath", "JSONSlices"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "medley",
            dependencies: [
                "CSchemas", "Cases", "Composition", "CurlTransport", "Diagnostics", "Gateway", "JMESPath", "JSONSlices",
                "OpenAPI", "Recording", "Replay",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),

        // For `Benchmarks/run` alone: what a reply over SwiftNIO costs at the least.
        .executableTarget(
            name: "bare-nio",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Benchmarks/floor/BareNIO",
            swiftSettings: settings
        ),

        // What the tests of several modules need: random numbers that can be had again, files for the time of a test.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(name: "CurlTransportTests", dependencies: ["CCurl", "CurlTransport"], swiftSettings: settings),
        .testTarget(
            name: "JSONSlicesTests",
            dependencies: ["JSONSlices", "TestSupport"],
            exclude: ["oracle.py"],
            swiftSettings: settings
        ),
        .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics", "JSONSlices"], swiftSettings: settings),
        .testTarget(
            name: "JMESPathTests",
            dependencies: ["JMESPath", "JSONSlices", "TestSupport"],
            exclude: ["jmespath_oracle.py"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CompositionTests",
            dependencies: [
                "Composition", "CurlTransport", "Diagnostics", "JSONSlices", "Replay", "ResponseCache", "TestSupport",
            ],
            exclude: ["SchemaOracle/schema_oracle.py"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OpenAPITests",
            dependencies: ["Composition", "Diagnostics", "JSONSlices", "OpenAPI", "Replay", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ResponseCacheTests",
            dependencies: ["CurlTransport", "ResponseCache", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RateLimitsTests",
            dependencies: ["CurlTransport", "RateLimits", "ResponseCache", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "IdentityTests",
            dependencies: [
                "CurlTransport", "Diagnostics", "Identity", "JMESPath", "JSONSlices", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ReplayTests",
            dependencies: ["Diagnostics", "JSONSlices", "Replay", "TestSupport"] + nio,
            swiftSettings: settings
        ),
        .testTarget(
            name: "RecordingTests",
            dependencies: ["CurlTransport", "Diagnostics", "JSONSlices", "Recording", "Replay", "TestSupport"] + nio,
            exclude: ["browser.har"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TelemetryTests",
            dependencies: [
                "CurlTransport", "Telemetry",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "CCodings", "CZstd", "Composition", "CurlTransport", "Diagnostics", "Gateway", "JSONSlices", "Replay",
                "ResponseCache", "Telemetry", "TestSupport",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ] + nio + [.product(name: "NIOEmbedded", package: "swift-nio")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CasesTests",
            dependencies: [
                "Cases", "Composition", "CurlTransport", "Diagnostics", "Gateway", "JSONSlices", "MedleyTesting",
                "Replay", "TestSupport",
            ],
            swiftSettings: settings
        ),
        // The example of docs/testing.md: a package of its own, whose tests run here, too.
        .testTarget(
            name: "TestingExampleTests",
            dependencies: ["MedleyTesting"],
            path: "docs/examples/testing/Tests/HomeTests",
            swiftSettings: settings
        ),
        // What the documentation, the schemas and the cookbook say is what the modules do.
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "Cases", "Composition", "CurlTransport", "Diagnostics", "Gateway", "Identity", "JMESPath", "JSONSlices",
                "Replay", "TestSupport",
            ],
            exclude: ["Broken"],
            swiftSettings: settings
        ),

        // What Benchmarks/micro counts and Benchmarks/json and Benchmarks/cache time: no products.
        .executableTarget(
            name: "medley-micro",
            dependencies: ["Composition", "CurlTransport", "Diagnostics", "Gateway", "JMESPath", "JSONSlices"],
            path: "Benchmarks/Micro",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "medley-json",
            dependencies: ["JSONSlices"],
            path: "Benchmarks/JSON",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "medley-cache",
            dependencies: ["CurlTransport", "ResponseCache"],
            path: "Benchmarks/Cache",
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
