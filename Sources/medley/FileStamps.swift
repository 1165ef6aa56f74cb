import Foundation

/// What the files below some paths looked like, to tell whether one has changed, come or gone.
///
/// Names, sizes, inodes and times are compared, not bytes: a thousand files take a millisecond or two. Asking for them from
/// time to time works on every file system, also on those shared with a container's host, which report no events.
struct FileStamps: Hashable {
    private struct Stamp: Hashable {
        var size: Int
        var inode: UInt64
        var seconds: Int
        var nanoseconds: Int
    }

    /// More are not looked at: a directory with so many is not one of an operator's files.
    private static let maximumCount = 100_000
    private static let maximumDepth = 32

    private var stamps: [String: Stamp] = [:]
    /// Folders that were looked into, by device and inode: a link may lead back into one.
    private var folders: Set<[UInt64]> = []

    /// - Parameter paths: files and directories; those that are not there count as empty.
    init(_ paths: [String]) {
        for path in paths { add(path, depth: 0) }
    }

    private mutating func add(_ path: String, depth: Int) {
        var status = stat()
        guard depth <= Self.maximumDepth, stamps.count < Self.maximumCount, stat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            stamps[path] = Stamp(
                size: Int(status.st_size),
                inode: UInt64(status.st_ino),
                seconds: Int(status.st_mtim.tv_sec),
                nanoseconds: Int(status.st_mtim.tv_nsec)
            )
            return
        }
        guard folders.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted,
            folders.count < Self.maximumCount, let directory = opendir(path)
        else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                    String(cString: $0)
                }
            }
            // Editors' temporary files begin with a dot, as do the two names of directories.
            if !name.hasPrefix(".") { add("\(path)/\(name)", depth: depth + 1) }
        }
    }
}
