import CCurl

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A thread that runs one closure.
struct Thread: @unchecked Sendable {
    // A pthread_t is an opaque value that any thread may join.
    private let id: pthread_t

    /// Starts a thread; whoever has it must `join` it once.
    ///
    /// - Parameter name: at most 15 bytes, as `/proc` and debuggers show it.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(TransportError) -> Thread {
        guard let id = create(name: name, body) else {
            throw .failure(code: 0, detail: "no thread could be started")
        }
        return Thread(id: id)
    }

    /// Starts a thread that nobody joins. False when there can be none.
    static func startDetached(name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        guard let id = create(name: name, body) else { return false }
        pthread_detach(id)
        return true
    }

    /// Blocks until the thread has ended.
    func join() {
        pthread_join(id, nil)
    }

    private final class Start {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    private static func create(name: String, _ body: @escaping @Sendable () -> Void) -> pthread_t? {
        // Handed to the new thread with one reference, which it takes over.
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        #if canImport(Darwin)
        var id: pthread_t?
        #else
        var id = pthread_t()
        #endif
        let code = pthread_create(
            &id,
            nil,
            { context in
                #if canImport(Darwin)
                let pointer: UnsafeMutableRawPointer? = context
                #else
                let pointer = context
                #endif
                if let pointer {
                    let start = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
                    medley_name_thread(start.name)
                    start.body()
                }
                return nil
            },
            start.toOpaque()
        )
        guard code == 0 else {
            start.release()
            return nil
        }
        return id
    }
}
