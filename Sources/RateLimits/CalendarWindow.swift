/// A day or a month of the Gregorian calendar, in UTC.
public enum CalendarWindow: String, Hashable, Sendable, CaseIterable {
    case day
    case month

    /// The window that a time lies in: its number, which grows by one from each to the next, and its first second and that
    /// of the next one, in seconds since 1970.
    func window(at seconds: Int64) -> (number: Int64, start: Int64, end: Int64) {
        let day = Self.floored(seconds, by: 86_400)
        switch self {
        case .day:
            return (day, day &* 86_400, (day &+ 1) &* 86_400)
        case .month:
            let (year, month) = Self.civil(day: day)
            let number = year &* 12 &+ Int64(month - 1)
            let (nextYear, nextMonth) = month == 12 ? (year &+ 1, 1) : (year, month + 1)
            return (
                number, Self.day(year: year, month: month) &* 86_400,
                Self.day(year: nextYear, month: nextMonth) &* 86_400
            )
        }
    }

    private static func floored(_ value: Int64, by divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// The year and month of a day, counted from 1970-01-01. In years that begin in March a month's first day is a
    /// linear function of its number, as 153 days are five months from there on.
    private static func civil(day: Int64) -> (year: Int64, month: Int) {
        let shifted = day &+ 719_468
        let era = floored(shifted, by: 146_097)
        let dayOfEra = shifted &- era &* 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = Int((5 * dayOfYear + 2) / 153)
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0), month)
    }

    /// The first day of a month, counted from 1970-01-01.
    private static func day(year: Int64, month: Int) -> Int64 {
        let year = month <= 2 ? year &- 1 : year
        let era = floored(year, by: 400)
        let yearOfEra = year &- era &* 400
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5)
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era &* 146_097 &+ dayOfEra &- 719_468
    }
}
