/// How old a response is when it comes (RFC 9111, section 4.2.3).
enum ResponseAge {
    /// `corrected_initial_age`, in milliseconds.
    static func initial(_ headers: some FieldValues, requestTime: WallTime, responseTime: WallTime) -> Int64 {
        let delay = max(0, responseTime.since(requestTime))
        let (corrected, overflow) = age(headers).addingReportingOverflow(delay)
        return max(apparent(headers, responseTime: responseTime), overflow ? .max : corrected)
    }

    /// The value of `Age`, in milliseconds: the first of several; 0 when it cannot be read (RFC 9111, section 5.1).
    static func age(_ headers: some FieldValues) -> Int64 {
        guard let line = headers.values(of: "Age").first,
            let first = ListSplitter.members(of: Array(line.utf8)).first
        else { return 0 }
        return DeltaSeconds.milliseconds(first.text) ?? 0
    }

    /// When the response was made: its `Date`, or when it came where there is none that can be read (RFC 9110, section
    /// 6.6.1).
    static func date(_ headers: some FieldValues, responseTime: WallTime) -> WallTime {
        guard let line = headers.values(of: "Date").first else { return responseTime }
        return HTTPDate.parse(line, now: responseTime) ?? responseTime
    }

    /// `apparent_age`. In whole seconds, as `Date` is, so that no response loses up to a second of its life by rounding.
    private static func apparent(_ headers: some FieldValues, responseTime: WallTime) -> Int64 {
        let age = responseTime.since(date(headers, responseTime: responseTime))
        return max(0, age / 1_000 * 1_000)
    }
}
