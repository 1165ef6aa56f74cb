import ResponseCache
import TestSupport
import Testing

@Suite("Dates in fields")
struct HTTPDateTests {
    static let example: Int64 = 784_111_777_000

    @Test(
        "RFC 9110, section 5.6.7: the three formats say the same",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ]
    )
    func formats(text: String) {
        #expect(HTTPDate.parse(text, now: received)?.milliseconds == Self.example)
    }

    @Test("RFC 9110, section 5.6.7: what is written is IMF-fixdate")
    func writes() {
        #expect(HTTPDate.format(WallTime(milliseconds: Self.example + 999)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.format(WallTime(milliseconds: 0)) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(HTTPDate.format(WallTime(milliseconds: -1)) == "Wed, 31 Dec 1969 23:59:59 GMT")
        #expect(HTTPDate.format(WallTime(milliseconds: .max)) == "Fri, 31 Dec 9999 23:59:59 GMT")
        #expect(HTTPDate.format(WallTime(milliseconds: .min)) == "Sat, 01 Jan 0000 00:00:00 GMT")
    }

    @Test("RFC 9110, section 5.6.7: a two-digit year is not more than 50 years ahead")
    func twoDigitYears() {
        func year(_ digits: String) -> String? {
            HTTPDate.parse("Monday, 01-Jan-\(digits) 00:00:00 GMT", now: received)
                .map { String(HTTPDate.format($0).dropFirst(12).prefix(4)) }
        }
        #expect(year("26") == "2026")
        #expect(year("76") == "2076")
        #expect(year("77") == "1977")
        #expect(year("99") == "1999")
        #expect(year("00") == "2000")
    }

    @Test(
        "RFC 9111, section 4.2: caches read letters in either case",
        arguments: ["THU, 18 Aug 2050 02:01:18 GMT", "Thu, 18 AUG 2050 02:01:18 GMT", "Thu, 18 Aug 2050 02:01:18 gMT"]
    )
    func cases(text: String) {
        #expect(HTTPDate.parse(text, now: received).map(HTTPDate.format) == "Thu, 18 Aug 2050 02:01:18 GMT")
    }

    @Test(
        "RFC 9110, section 5.6.7: anything else is no date",
        arguments: [
            "", "0", "Thu, 18 Aug 2050 02:01:18 UTC", "Thu, 18 Aug 2050 02:01:18 AEST", "Thu, 18 Aug 50 02:01:18 GMT",
            "Thu 18 Aug 2050 02:01:18 GMT", "Thu, 18  Aug  2050 02:01:18 GMT", "Thu, 18-Aug-2050 02:01:18 GMT",
            "Thu, 18 Aug 2050 02.01.18 GMT", "Thu, 18 Aug 2050 2:01:18 GMT", "Thu, 18 Aug 2050 24:01:18 GMT",
            "Thu, 31 Apr 2050 02:01:18 GMT", "Tue, 29 Feb 2100 00:00:00 GMT", "Thu, 18 Aug 2050 02:01:18 GMT x",
            "Thu Aug 8 02:01:18 2050", "Thu, 00 Aug 2050 02:01:18 GMT", "Thu, 18 Aug 2050 02:61:18 GMT",
        ]
    )
    func noDates(text: String) {
        #expect(HTTPDate.parse(text, now: received) == nil)
    }

    @Test("what is written is read again as the same second")
    func roundTrip() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<5_000 {
            let second = Int64.random(in: -62_167_219_200...253_402_300_799, using: &generator)
            let time = WallTime(milliseconds: second * 1_000)
            #expect(HTTPDate.parse(HTTPDate.format(time), now: received) == time)
        }
    }

    @Test("days follow one another through leap years")
    func calendar() {
        #expect(HTTPDate.format(WallTime(milliseconds: 951_782_400_000)) == "Tue, 29 Feb 2000 00:00:00 GMT")
        #expect(HTTPDate.format(WallTime(milliseconds: 951_868_800_000)) == "Wed, 01 Mar 2000 00:00:00 GMT")
        #expect(HTTPDate.format(WallTime(milliseconds: 4_107_542_400_000)) == "Mon, 01 Mar 2100 00:00:00 GMT")
    }
}
