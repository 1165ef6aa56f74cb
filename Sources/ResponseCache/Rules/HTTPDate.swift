/// Dates in fields (RFC 9110, section 5.6.7).
public enum HTTPDate {
    /// The time that a date says, in any of the three formats; nil for any other text. Letters in either case, as RFC 9111,
    /// section 4.2, asks of caches; everything else to the letter, and no time zone but GMT. That the day of the week
    /// fits is not asked.
    ///
    /// - Parameter now: a two-digit year that seems to be more than 50 years after it is one of the past.
    public static func parse(_ text: String, now: WallTime) -> WallTime? {
        let bytes = ASCII.trimmed(Array(text.utf8)[...]).map(ASCII.lowercased)
        return internetMessageDate(bytes) ?? rfc850Date(bytes, now: now) ?? asctimeDate(bytes)
    }

    /// IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`. Times outside the years 0 to 9999 are written as the nearest within.
    public static func format(_ time: WallTime) -> String {
        let date = CalendarDate(time)
        let day = dayNames[date.weekday].prefix(3)
        let month = monthNames[date.month - 1]
        return "\(capitalized(day)), \(twoDigits(date.day)) \(capitalized(month[...])) "
            + "\(twoDigits(date.year / 100))\(twoDigits(date.year % 100)) "
            + "\(twoDigits(date.hour)):\(twoDigits(date.minute)):\(twoDigits(date.second)) GMT"
    }

    /// `sun, 06 nov 1994 08:49:37 gmt`
    private static func internetMessageDate(_ bytes: [UInt8]) -> WallTime? {
        var reader = DateReader(bytes)
        guard reader.name(of: shortDayNames) != nil, reader.skip(", "),
            let day = reader.number(digits: 2), reader.skip(" "),
            let month = reader.name(of: monthNames), reader.skip(" "),
            let year = reader.number(digits: 4), reader.skip(" "),
            let time = reader.timeOfDay(), reader.skip(" gmt"), reader.isAtEnd
        else { return nil }
        return CalendarDate.time(year: year, month: month + 1, day: day, secondOfDay: time)
    }

    /// `sunday, 06-nov-94 08:49:37 gmt`
    private static func rfc850Date(_ bytes: [UInt8], now: WallTime) -> WallTime? {
        var reader = DateReader(bytes)
        guard reader.name(of: dayNames) != nil, reader.skip(", "),
            let day = reader.number(digits: 2), reader.skip("-"),
            let month = reader.name(of: monthNames), reader.skip("-"),
            let shortYear = reader.number(digits: 2), reader.skip(" "),
            let time = reader.timeOfDay(), reader.skip(" gmt"), reader.isAtEnd
        else { return nil }
        // The latest year with these digits that is not more than 50 years ahead.
        let current = CalendarDate(now).year
        let latest = current + 50
        let year = latest - (latest - shortYear) % 100
        return CalendarDate.time(year: year, month: month + 1, day: day, secondOfDay: time)
    }

    /// `sun nov  6 08:49:37 1994`
    private static func asctimeDate(_ bytes: [UInt8]) -> WallTime? {
        var reader = DateReader(bytes)
        guard reader.name(of: shortDayNames) != nil, reader.skip(" "),
            let month = reader.name(of: monthNames), reader.skip(" "),
            let day = reader.skip(" ") ? reader.number(digits: 1) : reader.number(digits: 2), reader.skip(" "),
            let time = reader.timeOfDay(), reader.skip(" "),
            let year = reader.number(digits: 4), reader.isAtEnd
        else { return nil }
        return CalendarDate.time(year: year, month: month + 1, day: day, secondOfDay: time)
    }

    private static let dayNames = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    private static let shortDayNames = dayNames.map { String($0.prefix(3)) }
    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static func capitalized(_ name: Substring) -> String {
        name.prefix(1).uppercased() + name.dropFirst()
    }
}

/// Reads a date's parts from left to right. A part that is not there leaves the reader where it was.
private struct DateReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    /// The index of the name that stands here.
    mutating func name(of names: [String]) -> Int? {
        for (index, name) in names.enumerated() where skip(name) { return index }
        return nil
    }

    mutating func number(digits: Int) -> Int? {
        guard bytes.count - position >= digits else { return nil }
        var number = 0
        for byte in bytes[position..<position + digits] {
            guard ASCII.isDigit(byte) else { return nil }
            number = number * 10 + Int(byte - ASCII.zero)
        }
        position += digits
        return number
    }

    /// `08:49:37` as seconds. A leap second, 60, is allowed.
    mutating func timeOfDay() -> Int? {
        guard let hour = number(digits: 2), hour < 24, skip(":"),
            let minute = number(digits: 2), minute < 60, skip(":"),
            let second = number(digits: 2), second <= 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }
}
