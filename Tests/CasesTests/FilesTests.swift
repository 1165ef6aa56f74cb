import Foundation
import MedleyTesting
import TestSupport
import Testing

@testable import Cases

@Suite("Writing files")
struct FilesTests {
    private func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test(
        "a file that is written anew keeps its mode, and nothing else is left in its directory",
        arguments: [0o600, 0o640, 0o755]
    )
    func modes(mode: Int) async throws {
        try await withFiles(["a": "old"]) { directory in
            let path = "\(directory)/a.json"
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            try Files.replace(Array("new".utf8), at: path)
            #expect(text(path) == "new")
            #expect(try self.mode(path) == mode)
            try Files.replace(Array("newest".utf8), at: "\(directory)/b.json")
            let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            #expect(names.sorted() == ["a.json", "b.json"])
        }
    }

    @Test("a symbolic link stays one, and what it leads to is written", arguments: ["folder/a.json", "folder/b.json"])
    func links(target: String) async throws {
        try await withFiles(["folder/a": "old"]) { directory in
            let link = "\(directory)/link.json"
            try FileManager.default.createSymbolicLink(atPath: "\(directory)/other.json", withDestinationPath: target)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "other.json")
            try Files.replace(Array("new".utf8), at: link)
            #expect(text("\(directory)/\(target)") == "new")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "other.json")
        }
    }

    @Test(
        "what cannot be written is refused in plain words, also beforehand",
        arguments: [
            ("nope/a.json", "there is no directory 'DIR/nope'"), ("folder", "it is a directory"),
            ("circle", "its links lead in a circle"),
        ]
    )
    func refused(path: String, reason: String) async throws {
        try await withFiles(["folder/a": "old"]) { directory in
            let circle = "\(directory)/circle"
            try FileManager.default.createSymbolicLink(atPath: circle, withDestinationPath: "circle")
            let reason = reason.replacing("DIR", with: directory)
            let writing = #expect(throws: Files.WriteFailure.self) { try Files.replace([], at: "\(directory)/\(path)") }
            #expect(writing?.description == reason)
            let checking = #expect(throws: Files.WriteFailure.self) { try Files.checkWritable("\(directory)/\(path)") }
            #expect(checking?.description == reason)
        }
    }

    @Test("a file that may not be written stays as it is", .enabled(if: geteuid() != 0))
    func readOnly() async throws {
        try await withFiles(["a": "old"]) { directory in
            let path = "\(directory)/a.json"
            try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
            let failure = #expect(throws: Files.WriteFailure.self) { try Files.replace([], at: path) }
            #expect(failure?.description == "permission denied")
            #expect(text(path) == "old")
        }
    }

    @Test("what is no file is written to, and stays what it is")
    func devices() throws {
        try Files.replace(Array("new".utf8), at: "/dev/null")
        #expect(
            try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
                == .typeCharacterSpecial
        )
    }

    @Test(
        "a GET that a fixture answers is no new one, whatever its placeholders are called",
        arguments: [
            ("/orders", false), ("/orders/{id}", false), ("/a%20b", false), ("/a b", false), ("/orders/7", true),
            ("/posted", true), ("/{id}", true), ("/orders/", true), ("/hidden", true),
        ]
    )
    func recorded(path: String, isNew: Bool) async throws {
        let files = [
            "b/orders": #"{ "request": { "path": "/orders", "query": { "of": "1" } } }"#,
            "b/deep/order": #"{ "request": { "method": "GET", "path": "/orders/{sku}" } }"#,
            "b/blank": #"{ "request": { "path": "/a%20b" } }"#,
            "b/posted": #"{ "request": { "method": "POST", "path": "/posted" } }"#,
            "b/_hidden": #"{ "request": { "path": "/hidden" } }"#, "b/broken": "{", "b/empty": "{}",
        ]
        try await withFiles(files) { directory in
            var paths = RecordedPaths(in: "\(directory)/b")
            let (first, second) = (paths.insert(path), paths.insert(path))
            #expect(first == isNew)
            #expect(!second)
        }
        var none = RecordedPaths(in: "/nowhere")
        let isFirst = none.insert(path)
        #expect(isFirst)
    }

    @Test("a test of no cases is no success")
    func noCases() async throws {
        let files = [
            "compositions/a": #"{ "endpoint": "GET /a", "calls": { "a": { "backend": "b", "path": "/a" } } }"#,
            "fixtures/b/a": #"{ "request": { "path": "/a" }, "response": { "body": 1 } }"#,
        ]
        try await withFiles(files) { directory in
            let failure = await #expect(throws: MedleyTest.LoadFailure.self) {
                _ = try await MedleyTest.failedCases(
                    compositions: "\(directory)/compositions",
                    fixtures: "\(directory)/fixtures"
                )
            }
            #expect(failure?.description.contains("error: there are no cases in \(directory)/compositions/") == true)
        }
    }
}
