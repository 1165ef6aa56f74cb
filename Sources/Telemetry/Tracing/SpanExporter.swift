package import CurlTransport
import Synchronization

/// Sends spans to a collector in batches, over HTTP, beside the requests: one that is down costs them nothing, and what
/// does not fit into the queue meanwhile is dropped and counted.
package final class SpanExporter: Sendable {
    /// What has become of spans.
    package struct Counts: Hashable, Sendable {
        /// Taken by the collector.
        package var exported: UInt64 = 0
        /// Refused by it, or given up after it did not answer.
        package var failed: UInt64 = 0
        /// There was no room for.
        package var dropped: UInt64 = 0
        /// That wait.
        package var queued = 0
        /// Requests to the collector that it has answered with a 2xx.
        package var delivered: UInt64 = 0
        /// Those that it has not.
        package var undelivered: UInt64 = 0
    }

    private let queue: SpanQueue
    private let request: TransportRequest
    private let format: TraceRequest
    private let interval: Duration
    private let loop: CurlLoop
    /// Told when deliveries begin to fail, with why, and nil when they are well again.
    private let report: @Sendable (_ fault: String?) -> Void
    private let counted = Mutex(Counts())

    /// - Parameters:
    ///   - request: its body is left to the exporter.
    ///   - interval: the longest that a span waits for others.
    package init(
        queue: SpanQueue,
        request: TransportRequest,
        format: TraceRequest,
        interval: Duration,
        loop: CurlLoop,
        report: @escaping @Sendable (_ fault: String?) -> Void
    ) {
        self.queue = queue
        self.request = request
        self.format = format
        self.interval = interval
        self.loop = loop
        self.report = report
    }

    package var counts: Counts {
        var counts = counted.withLock { $0 }
        counts.dropped = queue.dropped
        counts.queued = queue.count
        return counts
    }

    /// Sends what comes until the queue is closed, then what is left, once. Cancelled, it gives up what is left.
    package func run() async {
        var worker = Worker()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [queue, interval] in
                while (try? await Task.sleep(for: interval)) != nil { queue.wake() }
            }
            for await _ in queue.signals { await send(&worker, isLast: false) }
            group.cancelAll()
        }
        await send(&worker, isLast: true)
    }

    /// What one `run` keeps in mind.
    private struct Worker {
        var schedule = ExportSchedule()
        var batch: [FinishedSpan] = []
        var isFailing = false
    }

    private func send(_ worker: inout Worker, isLast: Bool) async {
        while !Task.isCancelled {
            guard isLast || worker.schedule.mayTry(at: .now) else { return }
            if worker.batch.isEmpty { worker.batch = queue.take() }
            guard !worker.batch.isEmpty else { return }
            let (verdict, fault) = await deliver(worker.batch)
            tell(fault, &worker)
            let isDone = worker.schedule.ended(verdict, at: .now) || isLast
            let count = UInt64(worker.batch.count)
            counted.withLock { counts in
                if verdict == .delivered {
                    counts.delivered &+= 1
                    counts.exported &+= count
                } else {
                    counts.undelivered &+= 1
                    if isDone { counts.failed &+= count }
                }
            }
            if isDone { worker.batch = [] }
            // At the end nobody waits for a collector that does not answer.
            if isLast, verdict == .retry { return abandonRest() }
        }
    }

    private func abandonRest() {
        while case let rest = queue.take(), !rest.isEmpty {
            counted.withLock { $0.failed &+= UInt64(rest.count) }
        }
    }

    private func deliver(_ batch: [FinishedSpan]) async -> (ExportSchedule.Verdict, fault: String?) {
        var request = request
        request.body = format.bytes(of: batch)
        let sent = request
        let result = await withTaskExecutorPreference(loop) { await Self.perform(sent, on: loop) }
        switch result {
        case .success(let response):
            let verdict = ExportSchedule.verdict(status: response.status)
            return (verdict, verdict == .delivered ? nil : "the collector answers \(response.status)")
        case .failure(let error):
            return (.retry, error.proxyStatusError)
        }
    }

    private static nonisolated(nonsending) func perform(
        _ request: TransportRequest,
        on loop: CurlLoop
    ) async -> Result<TransportResponse, TransportError> {
        do throws(TransportError) {
            return .success(try await loop.perform(request))
        } catch {
            return .failure(error)
        }
    }

    private func tell(_ fault: String?, _ worker: inout Worker) {
        if let fault {
            if !worker.isFailing { report(fault) }
        } else if worker.isFailing {
            report(nil)
        }
        worker.isFailing = fault != nil
    }
}
