import Foundation
import Testing

@testable import CurlTransport

extension TransportTests {
    @Suite("TLS") struct TLS {
        @Test("a certificate is verified against the backend's CA file, and refused without it")
        func verification() async throws {
            let server = try TLSServer()
            try await withTransport(configure: { $0.caFile = server.certificate }) { transport, backend in
                for _ in 0..<3 {
                    let response = try await transport.get(server.url(), backend)
                    #expect(response.status == 200)
                }
            }
            try await withTransport { transport, backend in
                let failure = await transport.failure(TransportRequest(backend: backend, url: server.url()))
                guard case .certificate = failure else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
            }
        }

        @Test("a certificate for another name is refused")
        func otherName() async throws {
            let server = try TLSServer()
            let resolver = ResolverOptions { _ in .addresses(["127.0.0.1"]) }
            try await withTransport(
                resolver: resolver,
                configure: { $0.caFile = server.certificate }
            ) { transport, backend in
                let request = TransportRequest(backend: backend, url: server.url(host: "other.test"))
                guard case .certificate = await transport.failure(request) else {
                    Issue.record("accepted")
                    return
                }
            }
        }

        @Test("a backend that demands a client certificate gets the one of the settings")
        func clientCertificate() async throws {
            let server = try TLSServer(demandsCertificate: true)
            try await withTransport(configure: {
                $0.caFile = server.certificate
                $0.clientCertificate = server.certificate
                $0.clientKey = server.key
            }) { transport, backend in
                let response = try await transport.get(server.url(), backend)
                #expect(response.status == 200)
            }
            try await withTransport(configure: { $0.caFile = server.certificate }) { transport, backend in
                let failure = await transport.failure(TransportRequest(backend: backend, url: server.url()))
                #expect(failure != nil)
            }
        }

        @Test("HTTP/2 is an offer: a backend that does not know it is spoken to in HTTP/1.1")
        func negotiation() async throws {
            let server = try TLSServer()
            try await withTransport(configure: {
                $0.caFile = server.certificate
                $0.http2 = true
            }) { transport, backend in
                let response = try await transport.get(server.url(), backend)
                #expect(response.status == 200)
            }
        }

        @Test("a CA file that does not exist is a failure of TLS")
        func missingFile() async throws {
            let server = try TLSServer()
            try await withTransport(configure: { $0.caFile = "/no/such/file.pem" }) { transport, backend in
                guard case .tls = await transport.failure(TransportRequest(backend: backend, url: server.url())) else {
                    Issue.record("accepted")
                    return
                }
            }
        }
    }
}

/// `openssl s_server` with a certificate for 127.0.0.1 made for it, which is its own authority.
final class TLSServer: Sendable {
    let certificate: String
    let key: String
    let port: Int
    private let process: UncheckedBox<Process>

    init(demandsCertificate: Bool = false) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificate = folder.appendingPathComponent("certificate.pem").path
        key = folder.appendingPathComponent("key.pem").path
        _ = try shell(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test \
            -addext subjectAltName=IP:127.0.0.1 -keyout '\(key)' -out '\(certificate)'
            """
        )
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "s_server", "-www", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key,
        ]
        if demandsCertificate {
            process.arguments? += ["-Verify", "1", "-CAfile", certificate, "-verify_return_error"]
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = UncheckedBox(process)
        // "ACCEPT 127.0.0.1:40001" tells the port, once it listens.
        var text = ""
        while !text.contains("ACCEPT") || !text.hasSuffix("\n") {
            let chunk = output.fileHandleForReading.availableData
            guard !chunk.isEmpty else { throw TransportError.failure(code: 0, detail: "no openssl s_server") }
            text += String(decoding: chunk, as: UTF8.self)
        }
        guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("ACCEPT") }),
            let port = line.split(separator: ":").last.flatMap({ Int($0) })
        else { throw TransportError.failure(code: 0, detail: "openssl s_server names no port") }
        self.port = port
    }

    deinit {
        // Not SIGTERM: a child inherits which signals the thread that starts it has blocked, and those of the pool have.
        kill(process.value.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(atPath: (certificate as NSString).deletingLastPathComponent)
    }

    func url(host: String = "127.0.0.1") -> String { "https://\(host):\(port)/" }
}
