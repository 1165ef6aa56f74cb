/// A point in time as RFC 3339 writes it, in the proleptic Gregorian calendar, without leap seconds.
struct Timestamp {
    /// Since 1970-01-01T00:00:00Z.
    var seconds: Int

    /// The digits behind the decimal point of the seconds, possibly none.
    var fraction: String

    /// Seconds of the years 0 to 9999.
    private static let range = -62_167_219_200..<253_402_300_800

    init?(seconds: Int, fraction: String) {
        guard Self.range.contains(seconds) else { return nil }
        self.seconds = seconds
        self.fraction = fraction
    }

    /// Reads `2026-11-24T08:30:00.25+01:00` (RFC 3339, section 5.6); also with a space or small letters between.
    init?(text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.number(digits: 4), reader.skip("-"),
            let month = reader.number(digits: 2), reader.skip("-"),
            let day = reader.number(digits: 2), reader.skip("Tt "),
            let hour = reader.number(digits: 2), reader.skip(":"),
            let minute = reader.number(digits: 2), reader.skip(":"),
            let second = reader.number(digits: 2)
        else { return nil }
        var fraction = ""
        if reader.skip(".") {
            fraction = reader.digits()
            if fraction.isEmpty { return nil }
        }
        guard let offset = reader.offset(), reader.isAtEnd, (1...12).contains(month), day >= 1,
            day <= Self.days(inMonth: month, of: year), hour < 24, minute < 60, second <= 60
        else { return nil }
        let clock = hour * 3600 + minute * 60 + second - offset
        self.init(seconds: Self.days(year, month, day) * 86_400 + clock, fraction: fraction)
    }

    /// In UTC: `2026-11-24T07:30:00.25Z`.
    var text: String {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let clock = seconds - days * 86_400
        let (year, month, day) = Self.date(days: days)
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        let time = [clock / 3600, clock / 60 % 60, clock % 60].map { Self.padded($0, 2) }.joined(separator: ":")
        return "\(date)T\(time)\(fraction.isEmpty ? "" : ".")\(fraction)Z"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    // MARK: Calendar

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The days since 1970-01-01 of a date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Years begin in March, so that the leap day is their last. 400 years are one era of 146,097 days.
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func date(days: Int) -> (year: Int, month: Int, day: Int) {
        let days = days + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool {
            position == bytes.count
        }

        mutating func number(digits count: Int) -> Int? {
            guard position + count <= bytes.count else { return nil }
            let digits = bytes[position..<position + count]
            guard digits.allSatisfy(Lexer.isDigit) else { return nil }
            position += count
            return digits.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
        }

        mutating func digits() -> String {
            let digits = bytes[position...].prefix(while: Lexer.isDigit)
            position += digits.count
            return String(decoding: digits, as: UTF8.self)
        }

        /// Passes one of the characters.
        mutating func skip(_ characters: String) -> Bool {
            guard position < bytes.count, characters.utf8.contains(bytes[position]) else { return false }
            position += 1
            return true
        }

        /// Seconds that the local time is ahead of UTC.
        mutating func offset() -> Int? {
            if skip("Zz") { return 0 }
            let isBehind = skip("-")
            guard isBehind || skip("+"), let hours = number(digits: 2), skip(":"), let minutes = number(digits: 2),
                hours < 24, minutes < 60
            else { return nil }
            return (hours * 3600 + minutes * 60) * (isBehind ? -1 : 1)
        }
    }
}
