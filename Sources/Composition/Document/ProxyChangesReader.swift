import CurlTransport
import Diagnostics
import JMESPath
import JSONSlices

/// Reads what a proxy changes on the way.
struct ProxyChangesReader {
    static let keys = ["host", "requestHeaders", "requestBody", "responseHeaders", "responseBody", "status"]
    static let headerKeys = ["rename", "remove", "set"]

    let context: CompilationContext

    func read(_ reader: ObjectReader) -> ProxyChanges {
        ProxyChanges(
            host: host(reader),
            request: headers("requestHeaders", reader) { name in
                if HeaderValidation.equal(name, "host") {
                    return ("the host has a key of its own", "say it in \"host\"")
                }
                guard HeaderValidation.isReserved(name) || HeaderRules.isHopByHop(name) else { return nil }
                return ("the header '\(name)' is the transport's to write", "leave it out")
            },
            response: headers("responseHeaders", reader) { name in
                HeaderRules.isFronts(name) ? ("the header '\(name)' is Medley's own to write", "leave it out") : nil
            },
            requestBody: context.expression("requestBody", of: reader, root: .document),
            responseBody: context.expression("responseBody", of: reader, root: .document),
            statuses: statuses(reader)
        )
    }

    private func host(_ reader: ObjectReader) -> ProxyChanges.Host {
        guard let text = reader.string("host"), let slice = reader["host"] else { return .backend }
        switch text {
        case "backend": return .backend
        case "client": return .client
        default:
            let allowed = text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "-._:[]".utf8.contains(byte)
                }
            }
            // A word without a dot or a port is more likely a slip for one of the two.
            guard allowed, text.contains(where: { ".:".contains($0) }) || text == "localhost" else {
                context.error(
                    "'\(text)' is no host",
                    at: slice,
                    help: suggestion(for: text, among: ["backend", "client"])
                        ?? "\"backend\", \"client\", or a name such as \"legacy.example.com\""
                )
                return .backend
            }
            return .fixed(text)
        }
    }

    private func headers(
        _ key: String,
        _ holder: ObjectReader,
        refusal: (String) -> (message: String, help: String)?
    ) -> HeaderChanges {
        guard let reader = holder.nested(key, known: Self.headerKeys) else { return HeaderChanges() }
        func isHeader(_ name: String, _ place: JSONSlice) -> Bool {
            guard HeaderValidation.isToken(name) else {
                context.error("'\(name)' is no header name", at: place)
                return false
            }
            guard let refusal = refusal(name) else { return true }
            context.error(refusal.message, at: place, help: refusal.help)
            return false
        }
        var changes = HeaderChanges()
        for member in reader.stringMap("rename") ?? [] {
            guard isHeader(member.name, member.key), let to = member.value.string, isHeader(to, member.value) else {
                continue
            }
            changes.renamed.append(.init(from: member.name, to: to))
        }
        if let slice = reader["remove"] {
            guard slice.kind == .array else {
                return reader.mismatch("remove", slice, wanted: "a list of header names") ?? changes
            }
            for element in slice.elements {
                guard let name = element.string else {
                    return reader.mismatch("remove", element, wanted: "a list of header names") ?? changes
                }
                if isHeader(name, element) { changes.removed.append(name) }
            }
        }
        changes.set = context.headers(reader, key: "set", lists: false) { refusal($0)?.message }
        return changes
    }

    private func statuses(_ reader: ObjectReader) -> [Int: Int] {
        guard let map = reader.map("status") else { return [:] }
        var statuses: [Int: Int] = [:]
        for member in map.members {
            // What has no body by its status (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5) cannot become what has one.
            guard let status = Int(member.name), Self.mayHaveBody(status) else {
                context.error(
                    "'\(member.name)' in 'status' is no status that another can stand for",
                    at: member.key,
                    help: "one from 200 to 599, not 204, 205 or 304, such as {\"404\": 410}"
                )
                continue
            }
            guard let wanted = map.integer(member.name, in: 200...599) else { continue }
            guard Self.mayHaveBody(wanted) else {
                context.error(
                    "a reply with the status \(wanted) has no body, and the backend's may have one",
                    at: member.value,
                    help: "take another status"
                )
                continue
            }
            statuses[status] = wanted
        }
        return statuses
    }

    private static func mayHaveBody(_ status: Int) -> Bool {
        (200...599).contains(status) && ![204, 205, 304].contains(status)
    }
}
