import Composition
import CurlTransport
import Diagnostics
import Gateway
import Replay

/// Runs cases, several at once, on gateways of their own.
///
/// Cases share a gateway and its backends with all others of their scenario, unless one would see what another did: a
/// case that says `fresh`, one of an endpoint that keeps answers, one whose backends answer in turn, and one with an
/// `X-Request-Id` of its own, or whose calls send theirs, have their own.
public struct CaseRunner: Sendable {
    /// How long backends hold back their answers where a case states an order: requests that are sent together then
    /// overlap in time, and those that wait for an answer do not.
    static let heldBack: Duration = .milliseconds(40)

    /// Which backends a case runs on.
    private struct Ground: Hashable {
        let scenario: String?
        let isHeldBack: Bool
    }

    private struct Job: Sendable {
        let file: CaseFile
        let subject: Case
        let requestID: String
        let ground: Ground
        let isAlone: Bool
        let hasEndpoint: Bool
    }

    private static let requestID = "X-Request-Id"

    /// With all its scenarios.
    private let world: ReplayedGateway.Configuration
    private let concurrency: Int
    private let lookup: EndpointLookup?
    /// Whether the settings send backends an `X-Request-Id` that is not the client's.
    private let settingsNameRequests: Bool

    /// - Parameter concurrency: cases that run at once; at least 1.
    public init(world: ReplayedGateway.Configuration, concurrency: Int = 16) {
        self.world = world
        self.concurrency = max(1, concurrency)
        lookup = EndpointLookup(world.compositions)
        settingsNameRequests = world.settings.backends.contains { backend in
            backend.headers.contains { HeaderValidation.equal($0.name, Self.requestID) }
        }
    }

    /// Runs every case.
    ///
    /// - Parameter onResult: told of each result as soon as it and all before it are there: in the order of the files.
    /// - Throws: `StartFailure` or an error of NIO when gateway or backends cannot be started, and `CancellationError`.
    public func run(
        _ files: [CaseFile],
        onResult: (CaseResult) -> Void = { _ in }
    ) async throws -> [CaseResult] {
        let jobs = jobs(of: files)
        let client = try GatewayClient()
        var gateways: [Ground: ReplayedGateway] = [:]
        var results: [CaseResult] = []
        var failure: (any Error)?
        do {
            for ground in Set(jobs.filter { !$0.isAlone }.map(\.ground)) {
                gateways[ground] = try await start(ground, client)
            }
            results = try await run(jobs, on: gateways, client, onResult)
        } catch {
            failure = error
        }
        for gateway in gateways.values { await gateway.stop() }
        await client.shutdown()
        if let failure { throw failure }
        return results
    }

    private func jobs(of files: [CaseFile]) -> [Job] {
        let all = files.flatMap { file in file.cases.map { (file, $0) } }
        let prefix = String(UInt32.random(in: .min ... .max), radix: 16)
        return all.enumerated().map { number, each in
            let (file, subject) = each
            let ownID = subject.request.header(Self.requestID)
            let endpoints = endpoints(for: subject.request)
            return Job(
                file: file,
                subject: subject,
                requestID: ownID ?? "case-\(prefix)-\(number)",
                ground: Ground(scenario: subject.scenario, isHeldBack: subject.traffic.statesOrder),
                isAlone: subject.isFresh || ownID != nil || settingsNameRequests
                    || endpoints?.contains { $0.keepsAnswers || $0.setsHeader(Self.requestID) } ?? true,
                hasEndpoint: endpoints?.isEmpty != true || subject.request.method == "OPTIONS"
            )
        }
    }

    /// Those that answer a request; nil when that is not known.
    private func endpoints(for request: ClientRequest) -> [CompositionSet.Endpoint]? {
        lookup.map { lookup in request.endpoint(in: lookup).map { [$0] } ?? [] }
    }

    private func start(_ ground: Ground, _ client: GatewayClient) async throws -> ReplayedGateway {
        var fixtures = ground.scenario.flatMap { world.fixtures.inScenario($0) } ?? world.fixtures
        if ground.isHeldBack { fixtures = fixtures.heldBack(by: Self.heldBack) }
        var configuration = world
        configuration.fixtures = fixtures
        return try await ReplayedGateway.start(configuration, client: client)
    }

    private func run(
        _ jobs: [Job],
        on gateways: [Ground: ReplayedGateway],
        _ client: GatewayClient,
        _ onResult: (CaseResult) -> Void
    ) async throws -> [CaseResult] {
        try await withThrowingTaskGroup(of: (Int, CaseResult).self) { group in
            var finished: [Int: CaseResult] = [:]
            var results: [CaseResult] = []
            var next = 0
            func startOne() {
                guard next < jobs.count else { return }
                let (number, job) = (next, jobs[next])
                next += 1
                group.addTask { (number, try await result(of: job, on: gateways[job.ground], client)) }
            }
            for _ in 0..<concurrency { startOne() }
            while let (number, result) = try await group.next() {
                startOne()
                finished[number] = result
                while let result = finished.removeValue(forKey: results.count) {
                    results.append(result)
                    onResult(result)
                }
            }
            return results
        }
    }

    private func result(of job: Job, on shared: ReplayedGateway?, _ client: GatewayClient) async throws -> CaseResult {
        if let shared, !job.isAlone {
            let result = await result(of: job, on: shared)
            // What answers in turn has other askers there.
            if !result.received.contains(where: shared.answersInTurn) { return result }
        }
        let own = try await start(job.ground, client)
        let result = await result(of: job, on: own)
        await own.stop()
        return result
    }

    private func result(of job: Job, on gateway: ReplayedGateway) async -> CaseResult {
        let subject = job.subject
        var request = subject.request
        if request.header(Self.requestID) == nil { request.headers.append((Self.requestID, job.requestID)) }
        let clock = ContinuousClock()
        let start = clock.now
        var reply: TransportResponse?
        var mismatches: [Mismatch] = []
        do {
            let received = try await gateway.reply(to: request)
            reply = received
            mismatches = subject.reply.mismatches(of: received)
        } catch {
            let place = subject.place
            mismatches = [Mismatch(path: "reply", expected: "one", actual: "an error, \(error)", place: place)]
        }
        let duration = clock.now - start
        // A gateway of its own has done nothing else, whatever the request is called.
        let received = job.isAlone ? gateway.received() : gateway.received(requestID: job.requestID)
        var misses: [String] = []
        for case let miss? in received.map({ gateway.miss(of: $0) }) where !misses.contains(miss) {
            misses.append(miss)
        }
        gateway.forget(requestID: job.requestID)
        return CaseResult(
            file: job.file,
            subject: subject,
            duration: duration,
            reply: reply,
            mismatches: mismatches + subject.traffic.mismatches(of: received),
            received: received,
            misses: misses,
            hasEndpoint: job.hasEndpoint
        )
    }
}
