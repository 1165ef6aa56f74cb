import CurlTransport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How many files the process may have open: each connection is one.
public enum OpenFiles {
    /// Raises the process's own limit to the most that it may set. For the program to call, once, at its start.
    public static func raiseLimit() {
        guard var limit = current, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        // Where it fails the limit stays, and the clients' connections are counted by it.
        _ = setrlimit(resource, &limit)
    }

    /// The client connections that can be served, when those are fewer than wanted.
    ///
    /// The backends' connections come first, up to half of what there is: without them a client cannot be answered.
    static func connections(_ wanted: Int, backends: [BackendSettings], loops: Int) -> Int? {
        guard let limit = current.map({ Int(clamping: $0.rlim_cur) }) else { return nil }
        return connections(
            wanted,
            files: limit,
            toBackends: loops * backends.reduce(0) { $0 + $1.options.maxConnections }
        )
    }

    /// The same as a function of numbers.
    static func connections(_ wanted: Int, files: Int, toBackends: Int) -> Int? {
        let available = max(2, files - reserve)
        let possible = max(1, available - min(toBackends, available / 2))
        return possible < wanted ? possible : nil
    }

    /// For standard streams, listeners, event loops, files that are read.
    private static let reserve = 40

    private static var current: rlimit? {
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? limit : nil
    }

    #if canImport(Glibc)
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
    private static let resource = RLIMIT_NOFILE
    #endif
}
