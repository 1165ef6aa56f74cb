import CCrypt
import Crypto
import Dispatch
import Synchronization

/// The users of a policy and their passwords' hashes, as `htpasswd -B` and `mkpasswd` write them (crypt(5)).
///
/// Such a hash is slow by design, so it is computed on a thread of its own, one at a time; a pair that was right is
/// remembered under a keyed hash that only this process can make. Safe from any thread.
public final class Passwords: Sendable {
    /// Checks that may wait. One more is turned away: guessing must not fill memory.
    static let maximumWaiting = 64
    /// Pairs that are remembered.
    static let maximumKnown = 4096
    /// The longest name or password that is looked at, in bytes.
    static let maximumLength = 1024

    /// What is known of a user's password.
    enum Answer: Sendable {
        case right, wrong
        /// Too many wait already.
        case busy
    }

    /// A line that is no user's.
    public struct Failure: Error, Sendable {
        /// Counted from 1.
        public let line: Int
        public let message: String
    }

    private struct State {
        var known: Set<[UInt8]> = []
        var waiting = 0
    }

    /// By the bytes of the name: texts that Unicode calls equivalent are equal to Swift, and another user here.
    private let hashes: [[UInt8]: String]
    /// A hash as slow as the others, for users that do not exist: both take the same time.
    private let decoy: String
    private let state = Mutex(State())
    private let secret = SymmetricKey(size: .bits256)
    private let queue = DispatchQueue(label: "medley.passwords")

    public var count: Int { hashes.count }

    /// - Throws: the first line that cannot be used. Empty lines and those that begin with `#` are passed over.
    public init(parsing text: String) throws(Failure) {
        var hashes: [[UInt8]: String] = [:]
        // CR LF is one character to Swift.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (number, line) in lines.enumerated() {
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
                throw Failure(line: number + 1, message: "a line is a name, a colon and a hash")
            }
            let (name, hash) = (String(line[..<colon]), String(line[line.utf8.index(after: colon)...]))
            guard hash.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw Failure(line: number + 1, message: "the hash has a blank, or what is no ASCII: it ends its line")
            }
            guard ["$2y$", "$2b$", "$2a$", "$5$", "$6$", "$y$"].contains(where: hash.hasPrefix) else {
                throw Failure(
                    line: number + 1,
                    message: "the hash is of no kind that is strong: make one with htpasswd -B"
                )
            }
            guard hashes.updateValue(hash, forKey: Array(name.utf8)) == nil else {
                throw Failure(line: number + 1, message: "the user '\(name)' stands twice")
            }
        }
        self.hashes = hashes
        decoy = hashes.values.first ?? "$2y$10$abcdefghijklmnopqrstuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu"
    }

    /// Whether a pair is known to be right without hashing it anew.
    func isKnown(user: String, password: String) -> Bool {
        let mark = mark(user, password)
        return state.withLock { $0.known.contains(mark) }
    }

    /// Checks a pair on the thread for that. Cancelling the task does not end the check.
    func check(user: String, password: String) async -> Answer {
        guard user.utf8.count <= Self.maximumLength, password.utf8.count <= Self.maximumLength,
            !password.utf8.contains(0)
        else { return .wrong }
        let isTaken = state.withLock { state in
            guard state.waiting < Self.maximumWaiting else { return false }
            state.waiting += 1
            return true
        }
        guard isTaken else { return .busy }
        let isRight = await withCheckedContinuation { continuation in
            queue.async { [self] in
                let hash = hashes[Array(user.utf8)]
                let matches = medley_password_matches(password, hash ?? decoy) != 0
                continuation.resume(returning: matches && hash != nil)
            }
        }
        let mark = mark(user, password)
        state.withLock { state in
            state.waiting -= 1
            guard isRight else { return }
            if state.known.count >= Self.maximumKnown { state.known.removeAll() }
            state.known.insert(mark)
        }
        return isRight ? .right : .wrong
    }

    private func mark(_ user: String, _ password: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("\(user.utf8.count):\(user)\(password)".utf8), using: secret))
    }
}
