import Diagnostics
import Foundation
import Identity

/// Reads the files that access policies name, and reports what is wrong with them at the place that names them.
struct AccessLoader {
    let folder: String
    let diagnostics: DiagnosticList
    /// The files that were looked for.
    private(set) var paths: [String] = []

    init(folder: String, diagnostics: DiagnosticList) {
        self.folder = folder
        self.diagnostics = diagnostics
    }

    mutating func consumerKeys(_ file: String, at place: Diagnostic.Place) -> ConsumerKeys? {
        read(file, at: place).flatMap { ConsumerKeys.read($0, diagnostics: diagnostics) }
    }

    mutating func passwords(_ file: String, at place: Diagnostic.Place) -> Passwords? {
        guard let file = read(file, at: place) else { return nil }
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            diagnostics.error("the file is no UTF-8", in: file, at: 0..<0)
            return nil
        }
        do throws(Passwords.Failure) {
            return try Passwords(parsing: text)
        } catch {
            let hidden = SourceFile(path: file.path, bytes: file.bytes, isQuotable: false)
            let start = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .prefix(error.line - 1).reduce(0) { $0 + $1.count + 1 }
            diagnostics.error(error.message, in: hidden, at: start..<start)
            return nil
        }
    }

    mutating func keys(
        _ path: String,
        for algorithms: [TokenAlgorithm],
        at place: Diagnostic.Place
    ) async -> VerificationKeys? {
        guard let file = read(path, at: place) else { return nil }
        do throws(VerificationKeys.Failure) {
            if file.bytes.starts(with: "-----BEGIN".utf8) {
                return try await VerificationKeys(pem: String(decoding: file.bytes, as: UTF8.self), for: algorithms)
            }
            let keys = try await VerificationKeys(set: file.bytes, for: algorithms)
            for note in keys.notes { diagnostics.add(Diagnostic(.warning, "\(file.path): \(note)", at: place)) }
            return keys
        } catch {
            let isSymmetric = algorithms.allSatisfy(\.isSymmetric)
            diagnostics.add(
                Diagnostic(
                    .error,
                    "\(file.path) holds no keys that can be used: \(error)",
                    at: place,
                    help: isSymmetric
                        ? "for \(algorithms.map(\.rawValue).joined(separator: " and ")) say \"secret\", "
                            + "or name a JSON Web Key Set of the type oct" : nil
                )
            )
            return nil
        }
    }

    func keys(
        secret: [UInt8],
        for algorithms: [TokenAlgorithm],
        at place: Diagnostic.Place
    ) async -> VerificationKeys? {
        do throws(VerificationKeys.Failure) {
            return try await VerificationKeys(secret: secret, for: algorithms)
        } catch {
            diagnostics.add(Diagnostic(.error, "the secret cannot be used: \(error)", at: place))
            return nil
        }
    }

    private mutating func read(_ file: String, at place: Diagnostic.Place) -> SourceFile? {
        let path = file.hasPrefix("/") ? file : folder + file
        paths.append(path)
        guard let data = FileManager.default.contents(atPath: path) else {
            diagnostics.add(
                Diagnostic(
                    .error,
                    "there is no file '\(path)' that can be read",
                    at: place,
                    help: "the path is relative to the settings file"
                )
            )
            return nil
        }
        guard data.count <= AccessPolicies.maximumFile else {
            diagnostics.add(Diagnostic(.error, "the file '\(path)' has more than 16 MiB", at: place))
            return nil
        }
        return SourceFile(path: path, bytes: Array(data))
    }
}
