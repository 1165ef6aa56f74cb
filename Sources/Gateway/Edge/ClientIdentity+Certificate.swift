import Crypto
import Identity
import NIOSSL
import SwiftASN1
import X509

extension ClientIdentity {
    /// - Parameter certificate: one that the handshake has verified.
    /// - Throws: errors of X.509 for a certificate that cannot be read.
    init(_ certificate: NIOSSLCertificate) throws {
        let bytes = try certificate.toDERBytes()
        let names = try CertificateNames(der: bytes)
        self.init(
            subject: names.commonName ?? "",
            names: names.all,
            fingerprint: SHA256.hash(data: bytes).hexadecimal
        )
    }
}

/// What a certificate says of whom it is for.
struct CertificateNames {
    /// The last one, which is the most specific (RFC 4514, section 2.1).
    var commonName: String?
    /// Alternative names of DNS, as they stand there.
    var hosts: [String] = []
    /// All alternative names that are texts: of DNS, URIs, mail addresses.
    var all: [String] = []

    init(der: [UInt8]) throws {
        let certificate = try Certificate(derEncoded: der)
        for part in certificate.subject {
            for attribute in part where attribute.type == .RDNAttributeType.commonName {
                commonName = String(attribute.value) ?? commonName
            }
        }
        for name in try certificate.extensions.subjectAlternativeNames ?? SubjectAlternativeNames() {
            switch name {
            case .dnsName(let host):
                hosts.append(host)
                all.append(host)
            case .uniformResourceIdentifier(let text), .rfc822Name(let text):
                all.append(text)
            default:
                break
            }
        }
    }
}

extension Sequence<UInt8> {
    fileprivate var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
