import JSONSlices
import NIOHPACK

/// The header section of a reply in HTTP/2, with the same fields as ``ReplyEncoder`` writes in HTTP/1.
enum HTTP2ReplyHead {
    /// The interim reply to `Expect: 100-continue`.
    static let goOn: HPACKHeaders = [":status": "100"]

    /// - Parameters:
    ///   - reply: a sendable one.
    ///   - dateLine: the whole `Date` line with its CR LF.
    /// - Returns: the fields, and whether the reply's body follows.
    static func make(
        _ reply: FrontReply,
        isHead: Bool,
        requestID: String,
        dateLine: [UInt8]
    ) -> (fields: HPACKHeaders, hasBody: Bool) {
        let mayHaveBody = reply.status != 204 && reply.status != 304
        var fields = HPACKHeaders()
        fields.reserveCapacity(reply.headers.count + 5)
        fields.add(name: ":status", value: String(reply.status))
        if let date = reply.date, ReplyEncoder.isSendable("x-date", date) {
            fields.add(name: "date", value: date)
        } else {
            fields.add(name: "date", value: String(decoding: dateLine.dropFirst(6).dropLast(2), as: UTF8.self))
        }
        fields.add(name: "server", value: "medley")
        fields.add(name: "x-request-id", value: requestID)
        if let stream = reply.stream {
            if let length = stream.length { fields.add(name: "content-length", value: String(length)) }
        } else if mayHaveBody, let length = ReplyEncoder.length(of: reply, isHead: isHead) {
            fields.add(name: "content-length", value: String(length))
        }
        for (name, value) in reply.headers where ReplyEncoder.isSendable(name, value) {
            guard !name.equalsASCII("proxy-connection") else { continue }
            fields.add(name: name.lowercased(), value: value)
        }
        return (fields, mayHaveBody && !isHead && (reply.stream != nil || reply.body.count > 0))
    }
}
