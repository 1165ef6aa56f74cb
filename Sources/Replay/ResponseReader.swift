import Diagnostics
import JSONSlices

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads the `response` of a fixture.
struct ResponseReader {
    static let keys = ["status", "headers", "body", "bodyText", "bodyBase64", "template", "delay", "fault"]

    /// The keys that make a backend's answer in a scenario one of its own: without them the recorded ones are changed.
    static let answerKeys = ["status", "headers", "body", "bodyText", "bodyBase64"]

    let reader: ObjectReader
    /// Whether the answer stands for a whole backend, whose recorded bodies a fault can cut or slow down.
    var isOfBackend = false
    /// The placeholders of the fixture's path; nil where the path has errors, and templates cannot be judged.
    var placeholders: [String]? = []

    private typealias Fault = CannedResponse.Fault

    func read() -> CannedResponse? {
        reader.checkOneBody(of: ["body", "bodyText"])
        checkOneBinaryBody()
        var response = CannedResponse(
            status: reader.integer("status", in: 200...599) ?? 200,
            headers: headers(),
            delay: DelayReader(reader: reader).read(),
            fault: fault()
        )
        var added: [(name: String, value: String)] = []
        if let body = reader["body"] {
            response.body = CompactJSON.bytes(of: body)
            added = contentType("application/json", of: response)
        } else if let text = reader.string("bodyText") {
            response.body = Array(text.utf8)
            added = contentType("text/plain; charset=utf-8", of: response)
        } else if let bytes = binaryBody() {
            response.body = bytes
            added = contentType("application/octet-stream", of: response)
        }
        response.headers += added
        if reader.bool("template") == true, let placeholders {
            response.template = TemplateReader(reader: reader, placeholders: placeholders).read(added: added)
        }
        checkBody(of: response)
        checkUseless(in: response)
        return response
    }

    private func contentType(_ type: String, of response: CannedResponse) -> [(name: String, value: String)] {
        let isGiven = response.headers.contains { $0.name.lowercased() == "content-type" }
        return isGiven ? [] : [("Content-Type", type)]
    }

    /// Bytes that are no text, in base64 (RFC 4648, section 4).
    private func binaryBody() -> [UInt8]? {
        guard let text = reader.string("bodyBase64"), let place = reader["bodyBase64"] else { return nil }
        if let data = Data(base64Encoded: text) { return Array(data) }
        let help = "write it with padding and without line breaks, as base64 -w0 does"
        reader.diagnostics.error("'bodyBase64' is not base64", in: reader.file, at: place, help: help)
        return nil
    }

    private func checkOneBinaryBody() {
        guard let place = reader["bodyBase64"], let other = ["body", "bodyText"].first(where: { reader[$0] != nil })
        else { return }
        let message = "'\(other)' and 'bodyBase64' exclude each other"
        reader.diagnostics.error(message, in: reader.file, at: place, help: "keep one")
    }

    private func headers() -> [(name: String, value: String)] {
        reader.stringLists("headers").flatMap { name, place, values in
            reader.checkHeaderName(name, at: place)
            if ["content-length", "transfer-encoding", "connection"].contains(name.lowercased()) {
                let message = "the server itself writes '\(name)'"
                let help = "leave it out; 'fault' makes a response that breaks off"
                reader.diagnostics.error(message, in: reader.file, at: place, help: help)
            }
            for value in values { reader.checkHeaderValue(value, of: name) }
            return values.map { (name, $0.string ?? "") }
        }
    }

    private func fault() -> Fault? {
        guard let text = reader.string("fault"), let place = reader["fault"] else { return nil }
        if let fault = Fault(rawValue: text) { return fault }
        let names = Fault.allCases.map(\.rawValue)
        reader.diagnostics.error(
            "there is no fault '\(text)'",
            in: reader.file,
            at: place,
            help: suggestion(for: text, among: names)
        )
        return nil
    }

    /// A 204 and a 304 have no content (RFC 9110, section 6.4.1); half of nothing is no fault.
    private func checkBody(of response: CannedResponse) {
        if let body = reader["body"] ?? reader["bodyText"] ?? reader["bodyBase64"],
            [204, 304].contains(response.status)
        {
            reader.diagnostics.error("a \(response.status) has no body", in: reader.file, at: body)
        }
        if isOfBackend, !Self.answerKeys.contains(where: { reader[$0] != nil }) { return }
        let needsBody = response.fault == .truncate || response.fault == .slow
        if needsBody, response.body?.isEmpty ?? true, let fault = reader["fault"] {
            let message = "the fault '\(response.fault?.rawValue ?? "")' needs a body"
            reader.diagnostics.error(message, in: reader.file, at: fault)
        }
    }

    /// Warns of what the fault keeps from being sent.
    private func checkUseless(in response: CannedResponse) {
        guard let fault = response.fault else { return }
        var useless: [String] = []
        switch fault {
        case .reset, .malformed: useless = ["status", "headers", "body", "bodyText", "bodyBase64", "template"]
        case .timeout: useless = ["status", "headers", "body", "bodyText", "bodyBase64", "template", "delay"]
        case .truncate, .slow: break
        }
        for key in useless {
            guard let place = reader[key] else { continue }
            let message = "'\(key)' has no effect with the fault '\(fault.rawValue)'"
            reader.diagnostics.warning(message, in: reader.file, at: place)
        }
    }
}
