/// A moment of the civil calendar in UTC, from seconds since 1970-01-01T00:00:00Z, without leap seconds as in POSIX.
///
/// Days become a date by Howard Hinnant's `civil_from_days`, good for every year that can occur here.
struct CivilTime: Hashable, Sendable {
    var year: Int
    /// 1 to 12.
    var month: Int
    /// 1 to 31.
    var day: Int
    /// 0 is Sunday.
    var weekday: Int
    var hour: Int
    var minute: Int
    var second: Int

    init(secondsSince1970 seconds: Int) {
        let days = seconds.quotientRoundedDown(by: 86_400)
        let time = seconds - days * 86_400
        hour = time / 3600
        minute = time / 60 % 60
        second = time % 60
        weekday = ((days + 4) % 7 + 7) % 7

        // Years start in March, so that the leap day is the last of its year; an era is 400 years.
        let shifted = days + 719_468
        let era = shifted.quotientRoundedDown(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Appends `Tue, 15 Nov 1994 08:12:31 GMT` (RFC 9110, section 5.6.7).
    func appendIMFFixdate(to bytes: inout [UInt8]) {
        let weekdays: [StaticString] = ["Sun, ", "Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, "]
        let months: [StaticString] = [
            " Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec ",
        ]
        bytes.append(weekdays[weekday])
        bytes.append(decimal: day, width: 2)
        bytes.append(months[month - 1])
        bytes.append(decimal: year, width: 4)
        bytes.append(UInt8(ascii: " "))
        appendTime(to: &bytes)
        bytes.append(" GMT")
    }

    /// Appends `1994-11-15`.
    func appendDate(to bytes: inout [UInt8]) {
        bytes.append(decimal: year, width: 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: month, width: 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: day, width: 2)
    }

    /// Appends `1994-11-15T08:12:31.250Z` (RFC 3339, section 5.6).
    func appendTimestamp(milliseconds: Int, to bytes: inout [UInt8]) {
        appendDate(to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        appendTime(to: &bytes)
        bytes.append(UInt8(ascii: "."))
        bytes.append(decimal: milliseconds, width: 3)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// Appends `08:12:31`.
    func appendTime(to bytes: inout [UInt8]) {
        bytes.append(decimal: hour, width: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: minute, width: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: second, width: 2)
    }
}

extension Int {
    fileprivate func quotientRoundedDown(by divisor: Int) -> Int {
        (self >= 0 ? self : self - (divisor - 1)) / divisor
    }
}
