import CCurl

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `getaddrinfo`, which obeys the machine's hosts file and resolver settings. Blocks its thread.
enum SystemResolver {
    @Sendable
    static func addresses(of host: String) -> ResolverOptions.Answer {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_flags = AI_ADDRCONFIG
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { return .failure(detail: "\(host): \(String(cString: gai_strerror(code)))") }
        defer { freeaddrinfo(list) }

        var addresses: [String] = []
        var entry = list
        while let current = entry {
            if let text = numeric(current.pointee), !addresses.contains(text) { addresses.append(text) }
            entry = current.pointee.ai_next
        }
        return addresses.isEmpty ? .failure(detail: "\(host): no address") : .addresses(addresses)
    }

    private static func numeric(_ entry: addrinfo) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
            guard let base = buffer.baseAddress,
                getnameinfo(
                    entry.ai_addr,
                    entry.ai_addrlen,
                    base,
                    socklen_t(buffer.count),
                    nil,
                    0,
                    NI_NUMERICHOST
                ) == 0
            else { return nil }
            return String(cString: base)
        }
    }
}
