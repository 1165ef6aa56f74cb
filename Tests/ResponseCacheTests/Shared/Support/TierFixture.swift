import CurlTransport

@testable import ResponseCache

/// A transport and a tier on its loops, with what the tier says.
struct TierFixture: Sendable {
    let transport: CurlTransport
    let tier: RedisTier
    let log: EventLog<String>
    let purges = EventLog<Purge>()
    let resets = EventLog<PurgeGeneration>()

    var loop: CurlLoop { transport.loops[0] }

    func get(_ key: CacheKey, loop index: Int = 0) async -> SharedAnswer {
        let loop = transport.loops[index]
        return await Task(executorPreference: loop) { await tier.get(key, on: loop) }.value
    }

    /// How long a get takes.
    func timedGet(_ key: CacheKey) async -> (SharedAnswer, Duration) {
        let loop = loop
        return await Task(executorPreference: loop) {
            let begin = ContinuousClock.now
            let answer = await tier.get(key, on: loop)
            return (answer, begin.duration(to: .now))
        }.value
    }

    /// Stores, and returns when Redis has answered a command that was sent after it.
    func set(_ entry: StoredEntry, for key: CacheKey, ttl: Int64 = 60_000) async -> SharedAnswer {
        let loop = loop
        return await Task(executorPreference: loop) {
            tier.set(entry, for: key, ttl: ttl, on: loop)
            return await tier.get(key, on: loop)
        }.value
    }

    func waitFor(_ text: String, times: Int = 1) async {
        await log.wait { lines in lines.count { $0.contains(text) } >= times }
    }
}

/// Runs `body` with a tier that is attached, and ends tier and transport.
///
/// - Parameters:
///   - connects: wait for every loop's connection first.
///   - settles: wait until the tier has asked what it asks at the start: replies come in the order of commands, so that a
///     server which leaves one out would answer the wrong one.
func withTier<Result>(
    _ address: String,
    loops: Int = 1,
    resolver: ResolverOptions = ResolverOptions(),
    connects: Bool = true,
    settles: Bool = false,
    configure: (inout RedisSettings) -> Void = { _ in },
    _ body: (TierFixture) async throws -> Result
) async throws -> Result {
    var settings = RedisSettings(address: try RedisAddress(address))
    // So that a busy machine is not taken for a slow Redis, where a test does not say otherwise.
    settings.timeout = .seconds(5)
    settings.connectTimeout = .seconds(5)
    configure(&settings)
    let log = EventLog<String>()
    let transport = try CurlTransport(backends: [], loops: loops, resolver: resolver)
    let fixture = TierFixture(
        transport: transport,
        tier: RedisTier(settings: settings) { _, message in log.append(message) },
        log: log
    )
    let (purges, resets) = (fixture.purges, fixture.resets)
    fixture.tier.attach(
        to: transport.loops,
        onPurges: { $0.forEach { purges.append($0) } },
        onReset: { epoch, count in
            resets.append(PurgeGeneration(epoch: epoch, count: count))
            return true
        }
    )
    if connects { await fixture.waitFor("connected to", times: loops) }
    while settles, await !fixture.tier.isUpToDate() { try await Task.sleep(for: .milliseconds(1)) }
    do {
        let result = try await body(fixture)
        await fixture.tier.shutdown()
        await transport.shutdown()
        return result
    } catch {
        await fixture.tier.shutdown()
        await transport.shutdown()
        throw error
    }
}

extension SharedAnswer {
    var failure: RedisFailure? {
        if case .unavailable(let failure) = self { failure } else { nil }
    }

    var isAbsent: Bool {
        if case .absent = self { true } else { false }
    }

    var body: [UInt8]? {
        if case .found(.response(let response)) = self { response.body } else { nil }
    }
}

enum Sample {
    static func key(_ text: String = "GET https://a/b") -> CacheKey { CacheKey(bytes: Array(text.utf8)) }

    static func response(_ body: [UInt8] = Array("{\"a\":1}".utf8), generation: UInt64 = 7) -> StoredResponse {
        StoredResponse(
            status: 200,
            headers: [
                HeaderField(name: "Content-Type", value: "application/json"), HeaderField(name: "ETag", value: "\"é\""),
            ],
            body: body,
            lifetime: StoredLifetime(
                requestTime: WallTime(milliseconds: 1_700_000_000_000),
                responseTime: WallTime(milliseconds: 1_700_000_000_123),
                initialAge: 5,
                freshness: 60_000,
                staleWhileRevalidate: 1,
                staleIfError: 2,
                mustRevalidateAlways: false,
                forbidsStale: true
            ),
            url: "https://a/b?c=d",
            tags: ["one", "two"],
            generation: generation
        )
    }

    static func entry(_ body: [UInt8] = Array("{\"a\":1}".utf8)) -> StoredEntry { .response(response(body)) }
}
