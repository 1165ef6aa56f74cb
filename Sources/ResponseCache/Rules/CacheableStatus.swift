/// What status codes mean to a cache.
enum CacheableStatus {
    /// Stored and reused without a word on its lifetime (RFC 9110, section 15.1); 206 left out, since parts are not stored.
    static func isHeuristic(_ status: Int) -> Bool {
        switch status {
        case 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501: true
        default: false
        }
    }

    /// A final status whose meaning for a cache is known (RFC 9110, section 15): all of that RFC but those of `isPart`.
    static func isUnderstood(_ status: Int) -> Bool {
        switch status {
        case 200...205, 300...303, 305, 307, 308: true
        case 400...411, 413...415, 417, 421, 422, 426: true
        case 500...505: true
        default: false
        }
    }

    /// An answer to a condition or a range of one request, never to its URL: 206, 304, 412, 416.
    static func isPart(_ status: Int) -> Bool {
        status == 206 || status == 304 || status == 412 || status == 416
    }

    static func isSuccess(_ status: Int) -> Bool { (200...299).contains(status) }

    /// Statuses for which the operator's `negative` speaks.
    static func isNegative(_ status: Int) -> Bool { status == 404 || status == 410 }
}
