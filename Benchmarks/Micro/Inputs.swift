import Composition
import CurlTransport
import Diagnostics
import JSONSlices

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The files that `Benchmarks/micro` provides: the shop's data, and the compositions that reshape it.
struct Inputs: Sendable {
    let directory: String

    /// - Parameter name: such as `large-orders`.
    func bytes(_ name: String) throws -> [UInt8] {
        let path = "\(directory)/\(name).json"
        guard let file = fopen(path, "r") else { throw Failure("\(path) cannot be read") }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
        return bytes
    }

    func document(_ name: String) throws -> JSONDocument {
        try JSONDocument(parsing: bytes(name))
    }

    /// The endpoint of a composition's text, joined to backends that are never called.
    ///
    /// - Parameter answers: the bodies of the calls' answers, by call.
    func run(_ composition: [UInt8], answers: [String: [UInt8]]) throws -> MeasuredRun {
        let diagnostics = DiagnosticList()
        let file = SourceFile(path: "composition.json", bytes: composition)
        let plans = CompositionSet.compile([file], backends: nil, diagnostics: diagnostics).plans
        let plan = try required(plans.first, "a composition (\(diagnostics.sorted().map { $0.rendered() }))")
        let transport = try CurlTransport(backends: plan.backends.map { BackendOptions(name: $0) }, loops: 1)
        var backends: [String: BoundBackend] = [:]
        for backend in transport.backends {
            backends[backend.name] = BoundBackend(backend: backend, base: "http://127.0.0.1:8000")
        }
        return try required(MeasuredRun(plan: plan, backends: backends, answers: answers), "a backend")
    }

    /// The endpoint that `Benchmarks/run` asks for, with its three answers.
    ///
    /// - Parameter size: `small` or `large`.
    func shop(_ size: String) throws -> MeasuredRun {
        try run(
            bytes("composition-\(size)"),
            answers: [
                "user": bytes("user"), "orders": bytes("\(size)-orders"), "products": bytes("\(size)-products"),
            ]
        )
    }
}

extension EndpointRequest {
    /// A client's GET, as the front hands it over.
    static func get(_ path: String, parameters: [String], query: String? = nil) -> EndpointRequest {
        EndpointRequest(
            method: "GET",
            path: path,
            pathParameters: parameters,
            query: query,
            body: [],
            header: { _ in [] },
            forwarded: [HeaderField(name: "X-Request-Id", value: "5f2c9a7be01d44d8a3c6b1f09e7d2c58")],
            id: "5f2c9a7be01d44d8a3c6b1f09e7d2c58",
            time: { "2026-11-24T07:30:00.250Z" }
        )
    }
}
