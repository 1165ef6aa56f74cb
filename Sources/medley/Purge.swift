import ArgumentParser
import CurlTransport
import Foundation
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

    @Option(name: .long, help: "The gateway's admin address.")
    var admin = "http://127.0.0.1:8081"

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
        let transport = try CurlTransport(backends: [BackendOptions(name: "admin")], loops: 1)
        let request = TransportRequest(
            backend: transport.backends[0],
            method: "POST",
            url: admin + "/purge",
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
            Terminal.printLine(text)
        case .failure(let error):
            Terminal.printError("error: no answer from \(admin): \(error)")
            Terminal.printError(
                "  help: give the gateway an admin address, \"admin\": {\"listen\": \"127.0.0.1:8081\"}"
            )
            throw ExitCode(1)
        }
    }
}
