#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

// The system's own functions, which the methods below would hide.
private let readSome = read(_:_:_:)
private let writeSome = write(_:_:_:)

/// Why a file was not written, in the system's words.
struct WriteFailure: Error, Hashable, CustomStringConvertible {
    let path: String
    let reason: String

    /// After a call has failed on this thread.
    init(_ path: String) {
        self.path = path
        reason = String(cString: strerror(errno))
    }

    var description: String { "\(path) cannot be written: \(reason)" }
}

enum AtomicFile {
    /// Writes a file that is there whole or not at all, in the place of any that was there. Blocks.
    ///
    /// It is written under a hidden name beside its own, and then renamed.
    static func write(_ bytes: [UInt8], to path: String) throws(WriteFailure) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { path[..<$0] + "/" } ?? ""
        let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
        let temporary = "\(folder).\(name).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw WriteFailure(path) }
        let isWritten = writeAll(bytes, to: descriptor)
        let failure = isWritten ? nil : WriteFailure(path)
        let isClosed = close(descriptor) == 0
        guard failure == nil, isClosed, rename(temporary, path) == 0 else {
            let failure = failure ?? WriteFailure(path)
            unlink(temporary)
            throw failure
        }
    }

    /// Makes a folder and those above it, where they are missing. Blocks.
    static func makeFolder(_ path: String) throws(WriteFailure) {
        var prefix = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            prefix += part
            if !prefix.isEmpty, mkdir(prefix, 0o777) != 0, errno != EEXIST {
                // A folder above that may not be written to is no obstacle when it is there.
                let failure = WriteFailure(path)
                guard access(prefix, F_OK) == 0 else { throw failure }
            }
            prefix += "/"
        }
        guard isFolder(path) else {
            errno = ENOTDIR
            throw WriteFailure(path)
        }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Nil when there is no such file, or it cannot be read. Blocks.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = buffer.withUnsafeMutableBytes { readSome(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += buffer[..<count]
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        bytes.withUnsafeBytes { all in
            var rest = all[...]
            while !rest.isEmpty {
                let count = writeSome(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }
}
