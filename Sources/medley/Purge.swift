import ArgumentParser
import Cases
import CurlTransport
import Diagnostics
import Foundation
import Gateway
import JSONSlices

struct Purge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a running gateway forget what it has kept, and with it all that share its Redis.",
        discussion: """
            A call's answer is kept by the URL that was sent to its backend, a whole reply by the endpoint's path and \
            query; both under the tags of their 'cache'. The gateway needs an admin address: "admin": {"listen": \
            "127.0.0.1:8081"} in its settings.
            """
    )

    @Option(name: .long, help: "Exactly this URL, or this path and query of an endpoint.")
    var url: String?

    @Option(name: .long, help: "Everything whose URL begins so.")
    var prefix: String?

    @Option(name: .long, help: "Everything under this tag.")
    var tag: String?

    @Flag(name: .long, help: "Everything.")
    var all = false

    @Option(
        name: .long,
        help: "The gateway's admin address, host:port or a URL. By default that of gateway.json, else 127.0.0.1:8081."
    )
    var admin: String?

    func validate() throws {
        guard [url, prefix, tag].compactMap(\.self).count + (all ? 1 : 0) == 1 else {
            throw ValidationError("say one of --url, --prefix, --tag and --all")
        }
    }

    func run() async throws {
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in [("url", url), ("prefix", prefix), ("tag", tag)] {
            guard let value else { continue }
            writer.key(key)
            writer.write(string: value)
        }
        if all {
            writer.key("all")
            writer.write(.bool(true))
        }
        writer.endObject()
        var headers = [HeaderField(name: "Content-Type", value: "application/json")]
        if let token = ProcessInfo.processInfo.environment["MEDLEY_ADMIN_TOKEN"] {
            headers.append(HeaderField(name: "Authorization", value: "Bearer \(token)"))
        }
        let address = adminAddress
        let transport = try CurlTransport(backends: [BackendOptions(name: "admin")], loops: 1)
        let request = TransportRequest(
            backend: transport.backends[0],
            method: "POST",
            url: address + "/purge",
            headers: headers,
            body: writer.finish()
        )
        let loop = transport.loops[0]
        let outcome = await Task(executorPreference: loop) { () async -> Result<TransportResponse, TransportError> in
            do throws(TransportError) {
                return .success(try await loop.perform(request))
            } catch {
                return .failure(error)
            }
        }.value
        await transport.shutdown()
        switch outcome {
        case .success(let response):
            let text = String(decoding: response.body, as: UTF8.self)
            guard response.status == 200 else {
                Terminal.printError("error: the gateway answers \(response.status): \(text)")
                throw ExitCode(1)
            }
            Terminal.printLine(Self.sentence(response.body) ?? text)
        case .failure(let error):
            Terminal.printError("error: no answer from \(address): \(error)")
            Terminal.printError(
                "  help: the gateway needs an admin address, \"admin\": {\"listen\": \"127.0.0.1:8081\"}; say --admin if it is "
                    + "another one"
            )
            throw ExitCode(1)
        }
    }

    /// As a URL without a slash at its end.
    private var adminAddress: String {
        var address = admin
        if address == nil, Files.exists("gateway.json") {
            // What is wrong with the rest of the settings is not this command's to say.
            let diagnostics = DiagnosticList()
            let file = Files.read("gateway.json", diagnostics)
            let settings = GatewaySettings.read(
                file: file,
                environment: ProcessInfo.processInfo.environment,
                diagnostics: diagnostics
            )
            address = settings?.admin.map { listen in
                listen.host.contains(":") ? "[\(listen.host)]:\(listen.port)" : "\(listen.host):\(listen.port)"
            }
        }
        var url = address ?? "127.0.0.1:8081"
        if !url.contains("://") { url = "http://\(url)" }
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }

    /// What the gateway has done, for a person.
    static func sentence(_ body: [UInt8]) -> String? {
        guard let root = try? JSONDocument(parsing: body).root, let removed = root.member("removed")?.numberText,
            let nodes = root.member("nodes")?.string
        else { return nil }
        let others = nodes == "all" ? "; every gateway that shares its Redis was told" : "; no Redis is shared"
        return "\(removed) kept answer\(removed == "1" ? "" : "s") forgotten\(others)"
    }
}
