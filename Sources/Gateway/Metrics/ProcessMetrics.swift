#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What the system knows of the process, under the names that Prometheus's client libraries have given it
/// (prometheus.io/docs/instrumenting/writing_clientlibs, "Standard and runtime collectors"), and what each kind of thread
/// has computed: how busy the loops are.
///
/// From `/proc` (proc(5)); where there is none, only the processor time is told.
struct ProcessMetrics: Sendable {
    /// Processor time in seconds.
    var cpu = 0.0
    /// In bytes; nil where it is not known.
    var residentMemory: Int?
    var virtualMemory: Int?
    var openFiles: Int?
    var maxFiles: Int?
    /// Seconds since 1970.
    var startTime: Double?
    /// Processor time in seconds and number, by the threads' name without its number.
    var threads: [String: (seconds: Double, count: Int)] = [:]

    #if canImport(Glibc)
    private static let own = RUSAGE_SELF.rawValue
    #else
    private static let own = RUSAGE_SELF
    #endif

    static func now() -> ProcessMetrics {
        var metrics = ProcessMetrics()
        var usage = rusage()
        if getrusage(Self.own, &usage) == 0 {
            metrics.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime)
        }
        var limit = rlimit()
        #if canImport(Glibc)
        let files = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        #else
        let files = RLIMIT_NOFILE
        #endif
        if getrlimit(files, &limit) == 0 { metrics.maxFiles = Int(clamping: limit.rlim_cur) }
        #if os(Linux)
        metrics.readProc()
        #endif
        return metrics
    }

    func write(to metrics: inout MetricsText) {
        metrics.begin("process_cpu_seconds_total", .counter, "Processor time, user's and system's.")
        metrics.sample("process_cpu_seconds_total", [], cpu)
        for (name, value, help) in [
            ("process_resident_memory_bytes", residentMemory, "Memory in use."),
            ("process_virtual_memory_bytes", virtualMemory, "Address space."),
            ("process_open_fds", openFiles, "File descriptors that are open."),
            ("process_max_fds", maxFiles, "File descriptors that may be open."),
        ] {
            guard let value else { continue }
            metrics.begin(name, .gauge, help)
            metrics.sample(name, [], value)
        }
        if let startTime {
            metrics.begin("process_start_time_seconds", .gauge, "When it started, since 1970.")
            metrics.sample("process_start_time_seconds", [], startTime)
        }
        guard !threads.isEmpty else { return }
        let sorted = threads.sorted { $0.key < $1.key }
        metrics.begin(
            "medley_thread_cpu_seconds_total",
            .counter,
            "Processor time by kind of thread: one second per second and thread is all there is."
        )
        for (name, value) in sorted {
            metrics.sample("medley_thread_cpu_seconds_total", [("thread", name)], value.seconds)
        }
        metrics.begin("medley_threads", .gauge, "Threads by kind.")
        for (name, value) in sorted { metrics.sample("medley_threads", [("thread", name)], value.count) }
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}

#if os(Linux)
extension ProcessMetrics {
    private mutating func readProc() {
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        if let fields = Self.statFields("/proc/self/stat") {
            // By their numbers in proc(5), the third being the first here.
            virtualMemory = fields.count > 20 ? Int(fields[20]) : nil
            let pages = fields.count > 21 ? Int(fields[21]) : nil
            residentMemory = pages.map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
            if fields.count > 19, let started = Double(fields[19]), let boot = Self.bootTime() {
                startTime = boot + started / ticks
            }
        }
        // The one that lists them is not counted.
        openFiles = Self.names(in: "/proc/self/fd").map { max(0, $0.count - 1) }
        for id in Self.names(in: "/proc/self/task") ?? [] {
            let path = "/proc/self/task/\(id)"
            guard let fields = Self.statFields(path + "/stat"), fields.count > 12,
                let user = Double(fields[11]), let system = Double(fields[12]),
                let name = Self.text(of: path + "/comm")
            else { continue }
            let kind = Self.kind(ofThread: name)
            threads[kind, default: (0, 0)].seconds += (user + system) / ticks
            threads[kind, default: (0, 0)].count += 1
        }
    }

    /// A thread's name without what tells it from others of its kind: `curl-loop-3` and `NIO-ELT-0-#1` lose their numbers.
    static func kind(ofThread name: String) -> String {
        let word = name.prefix { $0 != "\n" }
        var end = word.endIndex
        while end > word.startIndex {
            let before = word.index(before: end)
            guard word[before].isNumber || "-#_ ".contains(word[before]) else { break }
            end = before
        }
        // What is left of the names of libdispatch's queues, of which the kernel keeps the last letters.
        if word.contains("-qos") { return "dispatch" }
        return end == word.startIndex ? "unnamed" : String(word[..<end])
    }

    /// The fields behind the name, which may hold blanks and parentheses itself.
    private static func statFields(_ path: String) -> [Substring]? {
        guard let text = text(of: path), let end = text.lastIndex(of: ")") else { return nil }
        return text[text.index(after: end)...].split(whereSeparator: { $0 == " " || $0 == "\n" })
    }

    private static func bootTime() -> Double? {
        guard let text = text(of: "/proc/stat") else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst(6)) }
    }

    private static func names(in directory: String) -> [String]? {
        guard let stream = opendir(directory) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// A file of `/proc`, as far as 64 KiB go.
    private static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        var count = 0
        while count < bytes.count {
            let read = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            }
            guard read > 0 else { break }
            count += read
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
#endif
