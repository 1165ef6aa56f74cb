import CurlTransport
import Logging
import Synchronization
import Telemetry

/// The traces of one gateway, and what sends them, from the gateway's start to its stop.
final class RunningTracing: Sendable {
    let tracing: GatewayTracing
    /// How the collector is reached.
    let options: BackendOptions
    private let queue: SpanQueue
    private let exporter: SpanExporter
    /// Begins without a parent, as what outlives every request; the gateway owns it, and `stop` ends it.
    private let task: Task<Void, Never>

    /// - Returns: nil when the transport does not know the collector.
    init?(_ settings: TracingSettings, through transport: CurlTransport, logger: Logger) {
        guard let backend = transport.backend(named: TracingSettings.backend) else { return nil }
        let queue = SpanQueue(capacity: settings.maxQueue, batch: min(settings.batch, settings.maxQueue))
        let media = HeaderField(name: "Content-Type", value: TraceRequest.mediaType)
        let exporter = SpanExporter(
            queue: queue,
            request: TransportRequest(
                backend: backend,
                method: "POST",
                url: settings.url,
                headers: [media] + settings.headers,
                timeout: settings.timeout
            ),
            format: TraceRequest(service: settings.service, version: Version.text),
            interval: settings.interval,
            loop: transport.nextLoop()
        ) { fault in
            if let fault {
                logger.warning("traces cannot be delivered", metadata: ["reason": .string(fault)])
            } else {
                logger.info("traces are delivered again")
            }
        }
        let tracer = OTLPTracer(sampler: TraceSampler(share: settings.sample), queue: queue)
        tracing = GatewayTracing(tracer: tracer, exporter: exporter)
        options = settings.options
        self.queue = queue
        self.exporter = exporter
        task = Task { await exporter.run() }
    }

    /// What has become of the spans so far.
    var counts: SpanExporter.Counts { exporter.counts }

    /// Sends what waits, once, within the time that is left and two seconds at the most.
    func stop(within limit: Duration) async {
        queue.close()
        await withTaskGroup { group in
            group.addTask { [task] in await task.value }
            group.addTask { try? await Task.sleep(for: max(.zero, min(limit, .seconds(2)))) }
            await group.next()
            task.cancel()
            group.cancelAll()
        }
    }
}
