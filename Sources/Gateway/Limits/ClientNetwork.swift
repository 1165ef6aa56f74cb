#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What one client has of the address space: an IPv4 address, or the 64 bits of an IPv6 address that name a network, within
/// which a client takes whatever address it likes (RFC 4291, section 2.5.4).
enum ClientNetwork {
    static func text(of address: String) -> String {
        guard address.utf8.contains(0x3A) else { return address }
        var parsed = in6_addr()
        guard inet_pton(AF_INET6, address.prefixBeforeZone, &parsed) == 1 else { return address }
        return withUnsafeBytes(of: parsed) { bytes in
            if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xff, bytes[11] == 0xff {
                return bytes.suffix(4).map { String($0) }.joined(separator: ".")
            }
            return stride(from: 0, to: 8, by: 2).map { place in
                String(UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1]), radix: 16)
            }.joined(separator: ":") + "::/64"
        }
    }
}

extension String {
    /// `fe80::1%eth0` without its zone.
    fileprivate var prefixBeforeZone: String { String(prefix { $0 != "%" }) }
}
