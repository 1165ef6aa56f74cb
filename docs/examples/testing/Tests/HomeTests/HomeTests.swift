import Foundation
import MedleyTesting
import Testing

@Suite("The home screen")
struct HomeTests {
    /// The package's directory, wherever the tests are run from.
    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL.path
    private let compositions = "\(root)/compositions"
    private let fixtures = "\(root)/fixtures"

    @Test("each order's total reaches the app, digit for digit")
    func totals() async throws {
        try await MedleyTest.serving(compositions: compositions, fixtures: fixtures) { medley in
            let reply = try await medley.get("/home/42")
            #expect(reply.status == 200)
            #expect(reply.json["orders"][0]["total"].number == "12.50")
            #expect(try reply.json.evaluate("orders[?total < `10`].total | [0]").number == "8.90")
        }
    }

    @Test("the user is asked for once, and the orders with the user's id")
    func requests() async throws {
        try await MedleyTest.serving(compositions: compositions, fixtures: fixtures) { medley in
            _ = try await medley.get("/home/42")
            #expect(medley.received("users").count == 1)
            #expect(medley.received("orders").first?.query("customer") == "42")
        }
    }

    @Test("without orders the home screen is still there, and says what is missing")
    func ordersAreDown() async throws {
        try await MedleyTest.serving(
            compositions: compositions,
            fixtures: fixtures,
            scenario: "orders-down"
        ) { medley in
            let reply = try await medley.get("/home/42")
            #expect(reply.header("Medley-Partial") == "orders;reason=upstream_status")
            #expect(reply.json["orders"].count == 0)
        }
    }

    @Test("the cases beside the compositions pass")
    func cases() async throws {
        #expect(try await MedleyTest.failedCases(compositions: compositions, fixtures: fixtures) == [])
    }
}
