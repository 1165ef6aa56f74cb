/// A time as the Gregorian calendar tells it, in UTC; from year 0 to year 9999.
struct CalendarDate {
    let year: Int
    /// 1 to 12.
    let month: Int
    let day: Int
    /// 0 is Sunday.
    let weekday: Int
    let hour: Int
    let minute: Int
    let second: Int

    private static let secondsPerDay = 86_400
    private static let daysPerEra = 146_097  // 400 years
    /// Days from 0000-03-01 to 1970-01-01. Years that begin in March have the leap day at their end.
    private static let daysBeforeEpoch = 719_468
    private static let first = -62_167_219_200  // 0000-01-01T00:00:00Z
    private static let last = 253_402_300_799  // 9999-12-31T23:59:59Z

    init(_ time: WallTime) {
        let seconds = min(max(Self.floor(Int(time.milliseconds), by: 1_000), Self.first), Self.last)
        let days = Self.floor(seconds, by: Self.secondsPerDay)
        let secondOfDay = seconds - days * Self.secondsPerDay
        hour = secondOfDay / 3_600
        minute = secondOfDay / 60 % 60
        second = secondOfDay % 60
        weekday = (days + 4 + 7 * Self.daysPerEra * 10) % 7  // 1970-01-01 was a Thursday

        let fromMarch = days + Self.daysBeforeEpoch
        let era = Self.floor(fromMarch, by: Self.daysPerEra)
        let dayOfEra = fromMarch - era * Self.daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - Self.days(beforeYearOfEra: yearOfEra)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - Self.days(beforeMonthFromMarch: monthFromMarch) + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    /// Nil for a day that the month does not have.
    static func time(year: Int, month: Int, day: Int, secondOfDay: Int) -> WallTime? {
        guard (1...12).contains(month), day >= 1, day <= daysInMonth(month, of: year) else { return nil }
        let yearFromMarch = month <= 2 ? year - 1 : year
        let era = floor(yearFromMarch, by: 400)
        let yearOfEra = yearFromMarch - era * 400
        let monthFromMarch = month <= 2 ? month + 9 : month - 3
        let days =
            era * daysPerEra + Self.days(beforeYearOfEra: yearOfEra)
            + Self.days(beforeMonthFromMarch: monthFromMarch) + day - 1 - daysBeforeEpoch
        return WallTime(milliseconds: Int64((days * secondsPerDay + secondOfDay) * 1_000))
    }

    private static func daysInMonth(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func days(beforeYearOfEra year: Int) -> Int {
        365 * year + year / 4 - year / 100
    }

    private static func days(beforeMonthFromMarch month: Int) -> Int {
        (153 * month + 2) / 5
    }

    private static func floor(_ number: Int, by divisor: Int) -> Int {
        let quotient = number / divisor
        return number % divisor < 0 ? quotient - 1 : quotient
    }
}
