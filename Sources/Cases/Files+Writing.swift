import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

extension Files {
    /// Why a file cannot be written, in a few plain words.
    public struct WriteFailure: Error, CustomStringConvertible {
        public let description: String

        fileprivate init(_ description: String) {
            self.description = description
        }

        /// Of the system's last error.
        fileprivate static var ofSystem: WriteFailure {
            let code = errno
            if code == EACCES || code == EPERM { return WriteFailure("permission denied") }
            return WriteFailure(String(cString: strerror(code)).lowercased())
        }
    }

    /// Writes a file as a whole: whoever reads it meanwhile sees the old bytes or the new ones.
    ///
    /// A symbolic link stays, and what it leads to is written. A file that is there keeps its mode and, as far as the
    /// system allows, its owner. What is no file, such as a pipe, is written to.
    public static func replace(_ bytes: [UInt8], at path: String) throws(WriteFailure) {
        let target = try writable(path)
        guard let old = target.status, old.st_mode & S_IFMT == S_IFREG else {
            if target.status != nil {
                try write(bytes, to: path, flags: O_WRONLY, mode: 0)
            } else {
                try write(bytes, replacing: target, mode: 0o666)
            }
            return
        }
        try write(bytes, replacing: target, mode: old.st_mode & 0o7777)
    }

    /// Checks that a file can be written, and leaves all as it is.
    ///
    /// - Throws: what `replace` would, but for what only writing shows.
    public static func checkWritable(_ path: String) throws(WriteFailure) {
        _ = try writable(path)
    }

    /// Makes a directory and those above it, where they are missing.
    public static func makeFolder(_ path: String) throws(WriteFailure) {
        guard !isDirectory(path) else { return }
        try makeFolder(folder(of: path))
        if mkdir(path, 0o777) != 0, errno != EEXIST { throw .ofSystem }
    }

    private struct Target {
        /// Where the file itself is, links followed.
        let path: String
        let folder: String
        /// Nil for a file that is not there.
        let status: stat?
    }

    private static func writable(_ path: String) throws(WriteFailure) -> Target {
        var status = stat()
        let isThere = stat(path, &status) == 0
        if isThere, status.st_mode & S_IFMT == S_IFDIR { throw WriteFailure("it is a directory") }
        if isThere, access(path, W_OK) != 0 { throw .ofSystem }
        let isFile = isThere && status.st_mode & S_IFMT == S_IFREG
        let target = isThere && !isFile ? path : try followed(path)
        let folder = Self.folder(of: target)
        guard isDirectory(folder) else { throw WriteFailure("there is no directory '\(folder)'") }
        if isFile || !isThere, access(folder, W_OK | X_OK) != 0 { throw .ofSystem }
        return Target(path: target, folder: folder, status: isThere ? status : nil)
    }

    /// Where symbolic links lead, also to a file that is not there yet.
    private static func followed(_ path: String) throws(WriteFailure) -> String {
        var path = path
        for _ in 0..<40 {
            guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { return path }
            path = next.hasPrefix("/") ? next : "\(folder(of: path))/\(next)"
        }
        throw WriteFailure("its links lead in a circle")
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func write(_ bytes: [UInt8], replacing target: Target, mode: mode_t) throws(WriteFailure) {
        let draft = "\(target.folder)/.medley-\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp"
        do throws(WriteFailure) {
            try write(bytes, to: draft, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode, as: target.status)
            if rename(draft, target.path) != 0 { throw .ofSystem }
        } catch {
            unlink(draft)
            throw error
        }
    }

    /// - Parameter old: the file whose owner and mode the new one gets.
    private static func write(
        _ bytes: [UInt8],
        to path: String,
        flags: CInt,
        mode: mode_t,
        as old: stat? = nil
    ) throws(WriteFailure) {
        let descriptor = open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .ofSystem }
        defer { close(descriptor) }
        if let old {
            // Another owner is the superuser's to give; the mode comes after, as a change of owner can take bits of it.
            _ = fchown(descriptor, old.st_uid, old.st_gid)
            if fchmod(descriptor, mode) != 0 { throw .ofSystem }
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            #if canImport(Darwin)
            let count = rest.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
            #elseif canImport(Musl)
            let count = rest.withUnsafeBytes { Musl.write(descriptor, $0.baseAddress, $0.count) }
            #else
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            #endif
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .ofSystem }
            rest = rest.dropFirst(count)
        }
    }
}
