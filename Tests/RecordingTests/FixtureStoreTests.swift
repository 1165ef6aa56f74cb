import Diagnostics
import Foundation
import Replay
import TestSupport
import Testing

@testable import Recording

@Suite("The directory that is recorded into")
struct FixtureStoreTests {
    private func exchange(
        _ target: String = "/users/42",
        method: String = "GET",
        body: String = "",
        status: Int = 200,
        _ answer: String = "{}"
    ) -> RecordedExchange {
        RecordedExchange(
            method: method,
            target: target,
            body: Array(body.utf8),
            answer: .response(status: status, headers: [], body: Array(answer.utf8))
        )
    }

    private func fault(_ fault: CannedResponse.Fault) -> RecordedExchange {
        RecordedExchange(method: "GET", target: "/users/42", answer: .fault(fault))
    }

    private func store(
        _ directory: String,
        keep: FixtureStore.Keep = .last,
        _ rules: RecordingRules = RecordingRules()
    ) throws -> FixtureStore {
        FixtureStore(directory: directory + "/", existing: try set(directory), rules: rules, keep: keep)
    }

    /// What replay reads in the directory, without complaint.
    private func set(_ directory: String) throws -> FixtureSet {
        guard FileManager.default.fileExists(atPath: directory) else { return FixtureSet(backends: [:]) }
        let diagnostics = DiagnosticList()
        let set = FixtureSet.load(directory: directory, diagnostics: diagnostics)
        #expect(diagnostics.diagnostics.map(\.message) == [])
        return try #require(set)
    }

    private func answers(_ directory: String) throws -> [String: String] {
        let fixtures = try set(directory).backends["b"] ?? []
        return Dictionary(
            uniqueKeysWithValues: fixtures.map { ($0.name, String(decoding: $0.response.body ?? [], as: UTF8.self)) }
        )
    }

    private func files(_ directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory + "/b").sorted()
    }

    @Test("an equal exchange is written once, in this run and in the next")
    func deduplicated() async throws {
        try await withFiles([:]) { directory in
            let first = try store(directory)
            #expect(first.record(exchange(), backend: "b") == .added(path: "\(directory)/b/users-42.json", leftOut: []))
            #expect(
                first.record(exchange("/users/42?"), backend: "b") == .unchanged(path: "\(directory)/b/users-42.json")
            )
            #expect(
                first.record(exchange("/users/42", " { } "), backend: "b")
                    == .unchanged(path: "\(directory)/b/users-42.json")
            )
            let second = try store(directory)
            #expect(second.record(exchange(), backend: "b") == .unchanged(path: "\(directory)/b/users-42.json"))
            #expect(
                second.record(exchange(), backend: "c") == .added(path: "\(directory)/c/users-42.json", leftOut: [])
            )
            #expect(try files(directory) == ["users-42.json"])
            let summary = first.summary
            #expect(summary.exchanges == 3 && summary.added == 1 && summary.changed == 0 && summary.unchanged == 2)
        }
    }

    @Test(
        "of different answers to equal requests the first, the last, or all are kept",
        arguments: zip(FixtureStore.Keep.allCases, [["1"], ["2"], ["1", "3", "2"]])
    )
    func kept(keep: FixtureStore.Keep, answers kept: [String]) async throws {
        try await withFiles([:]) { directory in
            let store = try store(directory, keep: keep)
            for answer in ["1", "3", "2", "3", "2"] { _ = store.record(exchange("/a", answer), backend: "b") }
            #expect(try answers(directory) == ["a": kept[0]])
            let all = ["a.json"] + kept.dropFirst().indices.map { "_a.\($0 + 1).json" }
            #expect(try files(directory) == all.sorted())
            for (name, answer) in zip(all, kept) {
                let text = try String(contentsOfFile: "\(directory)/b/\(name)", encoding: .utf8)
                #expect(text.contains("\"body\": \(answer)"))
            }
        }
    }

    @Test("requests that differ get names that differ, on every file system")
    func names() async throws {
        try await withFiles([:]) { directory in
            let store = try store(directory)
            let targets = [
                "/users/42", "/Users/42", "/users-42", "/users/42/", "/users/42?a=B", "/users/42?a=b",
                "/users/42?a=b%20",
            ]
            for target in targets { _ = store.record(exchange(target, "\"\(target)\""), backend: "b") }
            for body in [#"{"a":1}"#, #"{"a":2}"#, "", "a"] {
                _ = store.record(exchange("/users/42", method: "POST", body: body, "\"\(body.count)\""), backend: "b")
            }
            let names = try files(directory)
            #expect(Set(names.map { $0.lowercased() }).count == targets.count + 4)
            #expect(names.contains("users-42.json") && names.contains("post-users-42.json"))
            #expect(try set(directory).backends["b"]?.count == targets.count + 4)
        }
    }

    @Test("a fixture that a person has written answers the same request under its own name, and keeps their words")
    func existing() async throws {
        let old = """
            { "$schema": "../../x.json", "summary": "A customer.",
              "request": { "method": "GET", "path": "/users/42" },
              "response": { "status": 200, "body": { "id" : 42 }, "delay": "20ms" } }
            """
        try await withFiles(["b/people/amelie": old]) { directory in
            let store = try store(directory)
            let path = "\(directory)/b/people/amelie.json"
            #expect(store.record(exchange("/users/42", #"{"id":42}"#), backend: "b") == .unchanged(path: path))
            #expect(try String(contentsOfFile: path, encoding: .utf8) == old)
            #expect(store.record(exchange("/users/42", #"{"id":43}"#), backend: "b") == .changed(path: path))
            let new = try String(contentsOfFile: path, encoding: .utf8)
            #expect(
                new == """
                    {
                      "$schema": "../../x.json",
                      "summary": "A customer.",
                      "request": { "method": "GET", "path": "/users/42" },
                      "response": { "status": 200, "body": { "id": 43 } }
                    }

                    """
            )
        }
    }

    @Test(
        "a file with several answers, or with a template, is the work of a person",
        arguments: [
            (#"{"request":{},"responses":[]}"#, true), (#"{"request":{},"response":{"template":true,"body":1}}"#, true),
            (#"{"request":{},"response":{"body":{"template":true}}}"#, false), ("no JSON", false),
        ]
    )
    func handmade(text: String, isHandmade: Bool) {
        #expect(FixtureText.isHandmade(Array(text.utf8)) == isHandmade)
    }

    @Test("a file that the set leaves out is not written over")
    func foreign() async throws {
        let set = FixtureSet(backends: [:])
        try await withFiles(["b/users-42": "mine"]) { directory in
            let store = FixtureStore(directory: directory, existing: set, rules: RecordingRules())
            guard case .added(let path, _) = store.record(exchange(), backend: "b") else {
                Issue.record("nothing was added")
                return
            }
            #expect(path.hasPrefix("\(directory)/b/users-42-"))
            let text = try String(contentsOfFile: "\(directory)/b/users-42.json", encoding: .utf8)
            #expect(text == "mine")
        }
    }

    @Test("a fault takes no answer's place, and an answer takes a fault's", arguments: FixtureStore.Keep.allCases)
    func faults(keep: FixtureStore.Keep) async throws {
        try await withFiles([:]) { directory in
            let store = try store(directory, keep: keep)
            let path = "\(directory)/b/users-42.json"
            #expect(store.record(fault(.timeout), backend: "b") == .added(path: path, leftOut: []))
            #expect(store.record(exchange(), backend: "b") == .changed(path: path))
            #expect(store.record(fault(.reset), backend: "b") == .unchanged(path: path))
            #expect(try answers(directory) == ["users-42": "{}"])
        }
    }

    @Test(
        "each fault is one that replay accepts",
        arguments: [CannedResponse.Fault.reset, .timeout, .truncate, .malformed]
    )
    func everyFault(fault: CannedResponse.Fault) async throws {
        try await withFiles([:]) { directory in
            _ = try store(directory).record(self.fault(fault), backend: "b")
            #expect(try set(directory).backends["b"]?.first?.response.fault == fault)
        }
    }

    @Test(
        "what is no whole answer makes no fixture",
        arguments: [(304, Omission.notModified), (206, .partial), (999, .status)]
    )
    func omitted(status: Int, omission: Omission) async throws {
        try await withFiles([:]) { directory in
            let store = try store(directory)
            #expect(store.record(exchange(status: status, ""), backend: "b") == .omitted(omission))
            #expect(store.summary.omitted == [omission: 1])
            var rules = RecordingRules()
            rules.matchedHeaders = ["range"]
            #expect((exchange(status: 206, "").omission(rules) == nil))
        }
    }

    @Test("what no fixture can say is refused, not written")
    func refused() async throws {
        try await withFiles([:]) { directory in
            let store = try store(directory)
            guard case .refused(let reason) = store.record(exchange(method: "get"), backend: "b") else {
                Issue.record("a method in small letters was written")
                return
            }
            #expect(reason.contains("methods are upper-case"))
            #expect(!FileManager.default.fileExists(atPath: "\(directory)/b"))
        }
    }

    @Test("a directory that cannot be written to is told with its reason")
    func unwritable() async throws {
        try await withFiles(["file": ""]) { directory in
            let store = FixtureStore(
                directory: "\(directory)/file.json",
                existing: FixtureSet(backends: [:]),
                rules: RecordingRules()
            )
            #expect(store.prepare(["b"])?.contains("Not a directory") == true)
            guard case .failed(let reason) = store.record(exchange(), backend: "b") else {
                Issue.record("it was written")
                return
            }
            #expect(reason.contains("cannot be written: Not a directory"))
            #expect(store.summary.failed == 1)
        }
    }

    @Test(
        "a full disk is told, and leaves nothing behind",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))
    )
    func full() async throws {
        try await withFiles(["b/x": ""]) { directory in
            let path = "\(directory)/b/users-42.json"
            // The hidden file that is written first is the device that is always full.
            let temporary = "\(directory)/b/.users-42.json.\(getpid()).tmp"
            try FileManager.default.createSymbolicLink(atPath: temporary, withDestinationPath: "/dev/full")
            #expect(throws: WriteFailure.self) { try AtomicFile.write([1, 2, 3], to: path) }
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(try files(directory) == ["x.json"])
        }
    }

    @Test(
        "a backend's name that is no folder's is refused",
        arguments: ["", ".", "..", "a/b", "_x", ".x", "a\u{0}", "a\n"]
    )
    func folderNames(name: String) {
        #expect(FixtureStore.problem(withName: name) != nil)
    }

    @Test("an ordinary name is a folder's", arguments: ["users", "order-api", "A.b", "日本"])
    func ordinaryNames(name: String) {
        #expect(FixtureStore.problem(withName: name) == nil)
    }
}
