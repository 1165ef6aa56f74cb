/// Collects one response while it arrives, within limits. A value of its transfer; no libcurl in it.
///
/// Feed it header lines and pieces of the decoded body; it answers false once a limit is passed, and `failure` says
/// which. A status line begins anew, so that of a redirect, or of an interim response, nothing is left.
struct ResponseSink {
    private(set) var status = 0
    private(set) var section = HeaderSection()
    private(set) var body: [UInt8] = []
    /// Why the transfer has to end.
    private(set) var failure: TransportError?
    /// Any byte of any response has arrived.
    private(set) var hasBegun = false

    private var maxBody = 0
    private var maxHeaderBytes = 0
    private var maxHeaderFields = 0
    private var headerBytes = 0
    private var isHeaderOpen = false
    /// `Content-Length`, when the body comes as it is.
    private var announced: Int?
    private var isEncoded = false

    init() {}

    init(options: BackendOptions) {
        maxBody = options.maxResponseBody
        maxHeaderBytes = options.maxHeaderBytes
        maxHeaderFields = options.maxHeaderFields
    }

    /// One line of a header section, its line end included: a status line, a field, or the empty line at the end.
    mutating func receive(line: UnsafeBufferPointer<UInt8>) -> Bool {
        hasBegun = true
        let line = trimmed(line)
        let begins = line.starts(with: "HTTP/".utf8) && mayBegin
        if begins {
            begin(statusLine: line)
        } else if line.isEmpty {
            isHeaderOpen = false
        }
        headerBytes &+= line.count &+ 2
        guard headerBytes <= maxHeaderBytes else {
            return fail(.badResponse(detail: "more than \(maxHeaderBytes) bytes of header"))
        }
        // What follows the empty line without a new status line is a trailer: counted, and dropped.
        guard isHeaderOpen, !line.isEmpty, !begins else { return true }
        return receive(field: line)
    }

    /// A piece of the body, decoded.
    mutating func receive(body piece: UnsafeRawBufferPointer) -> Bool {
        if body.isEmpty, let announced, !isEncoded {
            guard announced <= maxBody else { return fail(.tooLarge(limit: maxBody)) }
            // Believed up to a mebibyte: a lie costs no more than that, and an array that large grows quickly enough.
            body.reserveCapacity(min(announced, 1 << 20))
        }
        guard piece.count <= maxBody - body.count else { return fail(.tooLarge(limit: maxBody)) }
        body.append(contentsOf: piece)
        return true
    }

    /// The response, moved out; the sink is as new.
    mutating func finish(timings: TransferTimings) -> TransportResponse {
        let response = TransportResponse(status: status, section: section, body: body, timings: timings)
        self = ResponseSink()
        return response
    }

    /// Whether a status line can come now: at first, after an interim response, after a redirect. Among fields, or in
    /// the trailer of a final response, what looks like one is none.
    private var mayBegin: Bool {
        !isHeaderOpen && (status < 200 || (300..<400).contains(status))
    }

    private mutating func begin(statusLine: UnsafeBufferPointer<UInt8>.SubSequence) {
        // The heads of interim responses count as one with that of the final one: there is no end to them otherwise.
        if status >= 200 { headerBytes = 0 }
        status = 0
        section = HeaderSection()
        announced = nil
        isEncoded = false
        isHeaderOpen = true
        let rest = statusLine.drop { $0 != 0x20 }.drop { $0 == 0x20 }
        for byte in rest.prefix(3) where (0x30...0x39).contains(byte) { status = status * 10 + Int(byte - 0x30) }
    }

    private mutating func receive(field line: UnsafeBufferPointer<UInt8>.SubSequence) -> Bool {
        if let first = line.first, first == 0x20 || first == 0x09 {
            // A folded line (RFC 9112, section 5.2): part of the value before it.
            section.extendLast(by: line.drop { $0 == 0x20 || $0 == 0x09 })
            return true
        }
        guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex else { return true }
        guard section.count < maxHeaderFields else {
            return fail(.badResponse(detail: "more than \(maxHeaderFields) header fields"))
        }
        let name = line[..<colon]
        let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        switch name.count {
        case 14 where isNamed(name, "content-length"):
            announced = Int(String(decoding: value, as: UTF8.self)).flatMap { $0 >= 0 ? $0 : nil }
        case 16 where isNamed(name, "content-encoding"):
            isEncoded = true
        default:
            break
        }
        section.append(name: name, value: value)
        return true
    }

    private func isNamed(_ name: UnsafeBufferPointer<UInt8>.SubSequence, _ wanted: StaticString) -> Bool {
        wanted.withUTF8Buffer { wanted in zip(name, wanted).allSatisfy { HeaderValidation.lowercased($0) == $1 } }
    }

    private mutating func fail(_ error: TransportError) -> Bool {
        failure = error
        return false
    }

    private func trimmed(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>.SubSequence {
        trimmed(line[...])
    }

    /// Without the line end and the whitespace before it.
    private func trimmed(_ line: UnsafeBufferPointer<UInt8>.SubSequence) -> UnsafeBufferPointer<UInt8>.SubSequence {
        var line = line
        while let last = line.last, last == 0x0A || last == 0x0D || last == 0x20 || last == 0x09 { line.removeLast() }
        return line
    }
}
