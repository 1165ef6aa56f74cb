import CurlTransport
import ResponseCache
import Telemetry

/// Everything that `GET /metrics` tells, gathered at one moment.
struct GatewayMetrics: Sendable {
    var requests: RequestCounts
    var inFlight = 0
    var backends: [BackendCounts]
    var cache: CacheStatistics
    /// Nil where no Redis is shared.
    var redis: RedisStatistics?
    var limits: [LimitCounts] = []
    /// Nil where nothing is traced.
    var tracing: SpanExporter.Counts?
    /// What is counted through swift-metrics.
    var library: LibraryMetrics?
    var process = ProcessMetrics()

    /// Names by Prometheus's conventions; label values are the operator's own names and three-digit statuses, so that no
    /// client can make them many.
    var text: String {
        var metrics = MetricsText()
        metrics.begin("medley_build_info", .gauge, "The version that runs.")
        metrics.sample("medley_build_info", [("version", Version.text)], 1)
        write(requests, to: &metrics)
        metrics.begin(
            "medley_requests_in_flight",
            .gauge,
            "Requests that are being answered, copies for mirrors among them."
        )
        metrics.sample("medley_requests_in_flight", [], inFlight)
        write(backends, to: &metrics)
        write(cache, to: &metrics)
        if let redis { write(redis, to: &metrics) }
        LimitCounts.write(limits, to: &metrics)
        if let tracing { write(tracing, to: &metrics) }
        library?.write(to: &metrics, helps: EventCounts.helps)
        process.write(to: &metrics)
        return metrics.text
    }

    private func write(_ requests: RequestCounts, to metrics: inout MetricsText) {
        let endpoints = requests.endpoints.sorted { $0.key < $1.key }
        metrics.begin(
            "medley_requests_total",
            .counter,
            "Requests by endpoint and status; 499 for clients that left. No endpoint: none matched."
        )
        for (name, counts) in endpoints {
            for (status, count) in counts.statuses.sorted(by: { $0.key < $1.key }) {
                metrics.sample("medley_requests_total", [("endpoint", name), ("status", "\(status)")], count)
            }
        }
        metrics.begin("medley_partial_replies_total", .counter, "Replies in which a fallback was used.")
        for (name, counts) in endpoints {
            metrics.sample("medley_partial_replies_total", [("endpoint", name)], counts.partial)
        }
        metrics.begin("medley_reply_bytes_total", .counter, "Bytes of replies' bodies, as sent.")
        for (name, counts) in endpoints {
            metrics.sample("medley_reply_bytes_total", [("endpoint", name)], counts.bytes)
        }
        metrics.begin(
            "medley_request_duration_seconds",
            .histogram,
            "From the end of a request's header section to the hand-over of its reply."
        )
        for (name, counts) in endpoints {
            metrics.histogram("medley_request_duration_seconds", [("endpoint", name)], counts.durations)
        }
        metrics.begin("medley_client_connections", .gauge, "Clients' connections that are open.")
        metrics.sample("medley_client_connections", [], requests.connections)
        metrics.begin(
            "medley_connection_failures_total",
            .counter,
            "Connections that ended in the handshake, or for how their client used them."
        )
        for failure in ConnectionFailure.allCases {
            let count = requests.connectionFailures[failure] ?? 0
            metrics.sample("medley_connection_failures_total", [("reason", failure.rawValue)], count)
        }
    }

    private func write(_ backends: [BackendCounts], to metrics: inout MetricsText) {
        metrics.begin("medley_backend_responses_total", .counter, "Responses of backends by status.")
        for backend in backends {
            for (status, count) in backend.statuses.sorted(by: { $0.key < $1.key }) {
                metrics.sample(
                    "medley_backend_responses_total",
                    [("backend", backend.name), ("status", "\(status)")],
                    count
                )
            }
        }
        metrics.begin(
            "medley_backend_failures_total",
            .counter,
            "Requests to backends without a response, by reason (RFC 9209, section 2.3)."
        )
        for backend in backends {
            for (reason, count) in backend.failures.sorted(by: { $0.key < $1.key }) {
                metrics.sample("medley_backend_failures_total", [("backend", backend.name), ("reason", reason)], count)
            }
        }
        metrics.begin("medley_backend_duration_seconds", .histogram, "Requests to backends, waiting included.")
        for backend in backends {
            metrics.histogram("medley_backend_duration_seconds", [("backend", backend.name)], backend.durations)
        }
        metrics.begin("medley_backend_in_flight", .gauge, "Requests to backends that are under way.")
        for backend in backends {
            metrics.sample("medley_backend_in_flight", [("backend", backend.name)], backend.inFlight)
        }
        metrics.begin("medley_backend_queued", .gauge, "Requests to backends that wait for a connection.")
        for backend in backends {
            metrics.sample("medley_backend_queued", [("backend", backend.name)], backend.queued)
        }
    }

    private func write(_ tracing: SpanExporter.Counts, to metrics: inout MetricsText) {
        metrics.begin("medley_spans_total", .counter, "Spans by what became of them.")
        for (result, count) in [
            ("exported", tracing.exported), ("failed", tracing.failed), ("dropped", UInt64(clamping: tracing.dropped)),
        ] {
            metrics.sample("medley_spans_total", [("result", result)], count)
        }
        metrics.begin("medley_spans_waiting", .gauge, "Spans that wait for the collector.")
        metrics.sample("medley_spans_waiting", [], tracing.queued)
    }

    private func write(_ cache: CacheStatistics, to metrics: inout MetricsText) {
        metrics.begin("medley_cache_searches_total", .counter, "Searches in memory by result.")
        metrics.sample("medley_cache_searches_total", [("result", "hit")], cache.hits)
        metrics.sample("medley_cache_searches_total", [("result", "miss")], cache.misses)
        metrics.begin("medley_cache_removals_total", .counter, "Entries that left memory, by reason.")
        for (reason, count) in [
            ("evicted", cache.evictions), ("expired", cache.expirations), ("purged", cache.purges),
        ] {
            metrics.sample("medley_cache_removals_total", [("reason", reason)], count)
        }
        metrics.begin("medley_cache_entries", .gauge, "Entries in memory.")
        metrics.sample("medley_cache_entries", [], cache.entries)
        metrics.begin("medley_cache_bytes", .gauge, "Bytes of memory that they take, keys included.")
        metrics.sample("medley_cache_bytes", [], cache.bytes)
        metrics.begin("medley_cache_capacity_bytes", .gauge, "Bytes that they may take.")
        metrics.sample("medley_cache_capacity_bytes", [], cache.capacity)
    }

    private func write(_ redis: RedisStatistics, to metrics: inout MetricsText) {
        metrics.begin("medley_redis_commands_total", .counter, "What became of requests to the shared cache.")
        for (result, count) in [
            ("hit", redis.hits), ("miss", redis.misses), ("written", redis.writes), ("timeout", redis.timeouts),
            ("error", redis.errors), ("not_asked", redis.refused), ("purge", redis.purges), ("check", redis.checks),
        ] {
            metrics.sample("medley_redis_commands_total", [("result", result)], count)
        }
        metrics.begin("medley_redis_reconnects_total", .counter, "Connections after the first one of each loop.")
        metrics.sample("medley_redis_reconnects_total", [], redis.reconnects)
        metrics.begin("medley_redis_probes_total", .counter, "Probes of a Redis that had failed.")
        metrics.sample("medley_redis_probes_total", [], redis.probes)
        metrics.begin("medley_redis_connections", .gauge, "Connections that are in use.")
        metrics.sample("medley_redis_connections", [], redis.connections)
        metrics.begin("medley_redis_up", .gauge, "Whether the shared cache is asked.")
        metrics.sample("medley_redis_up", [], redis.breakerIsOpen || redis.connections == 0 ? 0 : 1)
    }
}
