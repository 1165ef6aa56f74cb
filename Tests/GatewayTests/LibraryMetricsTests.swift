import CoreMetrics
import Testing

@testable import Gateway

/// The backend of swift-metrics.
@Suite("What libraries count")
struct LibraryMetricsTests {
    private func text(_ metrics: LibraryMetrics) -> [String] {
        var text = MetricsText()
        metrics.write(to: &text, helps: ["a_b_total": "Help."])
        return text.text.split(separator: "\n").map(String.init)
    }

    @Test("every kind, under a name that Prometheus takes")
    func kinds() {
        let metrics = LibraryMetrics()
        let counter = Counter(label: "a.b", dimensions: [("z", "1"), ("a", "x\"y")], factory: metrics)
        counter.increment()
        counter.increment(by: 2)
        Counter(label: "a.b", dimensions: [("a", "x\"y"), ("z", "1")], factory: metrics).increment()
        FloatingPointCounter(label: "part", factory: metrics).increment(by: 0.5)
        let meter = Meter(label: "9 lives", factory: metrics)
        meter.set(7)
        meter.increment(by: 2)
        meter.decrement(by: 1.5)
        let recorder = Recorder(label: "sizes", factory: metrics)
        recorder.record(3)
        recorder.record(4.5)
        Gauge(label: "level", factory: metrics).record(2)
        Timer(label: "work", factory: metrics).recordNanoseconds(3_000_000)
        let lines = text(metrics)
        #expect(lines.contains("# HELP a_b_total Help."))
        #expect(lines.contains("# TYPE a_b_total counter"))
        #expect(lines.contains(#"a_b_total{a="x\"y",z="1"} 4"#))
        #expect(lines.contains("part_total 0.5"))
        #expect(lines.contains("_9_lives 7.5"))
        #expect(lines.contains("sizes_sum 7.5") && lines.contains("sizes_count 2"))
        #expect(lines.contains("level 2"))
        #expect(lines.contains("work_seconds_bucket{le=\"0.005\"} 1"))
        #expect(lines.contains("work_seconds_sum 0.003"))
    }

    @Test("what is destroyed is told no more, what is reset begins again, what is no number is none")
    func ends() {
        let metrics = LibraryMetrics()
        let counter = Counter(label: "a", factory: metrics)
        counter.increment(by: 5)
        counter.reset()
        counter.increment()
        #expect(text(metrics).contains("a_total 1"))
        counter.increment(by: -3)
        FloatingPointCounter(label: "a", factory: metrics).increment(by: Double.nan)
        Meter(label: "m", factory: metrics).set(Double.infinity)
        #expect(text(metrics).contains("a_total 1") && text(metrics).contains("m 0"))
        counter.destroy()
        #expect(!text(metrics).contains { $0.hasPrefix("a_total") })
    }

    @Test("made up labels do not fill the memory, and one name is one kind's")
    func bounds() {
        let metrics = LibraryMetrics()
        for number in 0..<(LibraryMetrics.maximumSeries + 5) {
            Counter(label: "a", dimensions: [("n", "\(number)")], factory: metrics).increment()
        }
        let lines = text(metrics)
        #expect(lines.count { $0.hasPrefix("a_total{") } == LibraryMetrics.maximumSeries)
        #expect(lines.contains("medley_metrics_refused_total 5"))
        let other = LibraryMetrics()
        Meter(label: "x_total", factory: other).set(1)
        Counter(label: "x", factory: other).increment()
        #expect(text(other).count { $0.hasPrefix("x_total") } == 1)
    }

    @Test("the process is told of by the names of other clients")
    func process() {
        var text = MetricsText()
        let metrics = ProcessMetrics.now()
        metrics.write(to: &text)
        #expect(metrics.cpu > 0)
        #expect(text.text.contains("process_cpu_seconds_total "))
        #if os(Linux)
        #expect((metrics.residentMemory ?? 0) > 1 << 20)
        #expect((metrics.openFiles ?? 0) > 0 && (metrics.maxFiles ?? 0) > 0)
        #expect((metrics.startTime ?? 0) > 1_700_000_000)
        #expect(!metrics.threads.isEmpty)
        #expect(ProcessMetrics.kind(ofThread: "NIO-ELT-0-#1\n") == "NIO-ELT")
        #expect(ProcessMetrics.kind(ofThread: "curl-loop-12") == "curl-loop")
        #expect(ProcessMetrics.kind(ofThread: "-qos.overcommit") == "dispatch")
        #expect(ProcessMetrics.kind(ofThread: "12") == "unnamed")
        #endif
    }
}
