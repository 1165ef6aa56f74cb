import CCurl

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The functions libcurl calls, always on the loop's thread and from within a call that the loop has made.
///
/// None may call a multi function (`CURLM_RECURSIVE_API_CALL`) or resume a task: they store what has happened.
enum CurlCallbacks {
    /// `CURLOPT_WRITEFUNCTION`: any other result than the number of bytes ends the transfer, but one that pauses it;
    /// libcurl then keeps the piece and brings it again.
    static let body: medley_data_callback = { bytes, size, count, context in
        guard let transfer = Transfer.of(context) else { return 0 }
        let length = size &* count
        if let stream = transfer.stream {
            return pass(UnsafeRawBufferPointer(start: bytes, count: length), of: transfer, to: stream)
        }
        guard transfer.mayReceive(length) else { return Int(CURL_WRITEFUNC_PAUSE) }
        return transfer.sink.receive(body: UnsafeRawBufferPointer(start: bytes, count: length)) ? length : ~0
    }

    /// `CURLOPT_HEADERFUNCTION`: one line per call.
    static let header: medley_data_callback = { bytes, size, count, context in
        guard let transfer = Transfer.of(context), let bytes else { return 0 }
        let length = size &* count
        transfer.progress.responded = true
        let isAccepted = bytes.withMemoryRebound(to: UInt8.self, capacity: length) {
            transfer.sink.receive(line: UnsafeBufferPointer(start: $0, count: length))
        }
        guard isAccepted else { return ~0 }
        if let stream = transfer.stream, transfer.sink.hasFinalHead {
            let (status, section) = (transfer.sink.status, transfer.sink.section)
            guard stream.receivedHead(status: status, section: section) else { return ~0 }
        }
        return length
    }

    /// `CURLOPT_PREREQFUNCTION`.
    static let prerequest: medley_prerequest_callback = { context, _, _, _, _ in
        Transfer.of(context)?.willSend() == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    /// `CURLOPT_OPENSOCKETFUNCTION`.
    static let openSocket: medley_open_socket_callback = { context, _, address in
        guard let engine = TransferEngine.of(context), let address = address?.pointee else { return -1 }
        #if os(Linux)
        let type = address.socktype | CInt(SOCK_CLOEXEC.rawValue)
        #else
        let type = address.socktype
        #endif
        let descriptor = socket(address.family, type, address.protocol)
        if descriptor >= 0 { engine.sockets.opened(descriptor) }
        return descriptor
    }

    /// `CURLOPT_CLOSESOCKETFUNCTION`.
    static let closeSocket: medley_close_socket_callback = { context, descriptor in
        if descriptor >= 0 { TransferEngine.of(context)?.sockets.closing(descriptor) }
        return close(descriptor)
    }

    /// `CURLMOPT_SOCKETFUNCTION`: libcurl's interest in a socket has changed.
    static let socketInterest: medley_socket_callback = { _, descriptor, what, context, _ in
        guard let engine = TransferEngine.of(context), descriptor >= 0 else { return 0 }
        switch what {
        case CURL_POLL_IN: return engine.sockets.want(descriptor, .read) ? 0 : -1
        case CURL_POLL_OUT: return engine.sockets.want(descriptor, .write) ? 0 : -1
        case CURL_POLL_INOUT: return engine.sockets.want(descriptor, [.read, .write]) ? 0 : -1
        default:
            engine.sockets.rest(descriptor)
            return 0
        }
    }

    /// `CURLMOPT_TIMERFUNCTION`: called within add and remove too, so the deadline is only stored. 0: at once; −1: none.
    static let timer: medley_timer_callback = { _, milliseconds, context in
        TransferEngine.of(context)?.setTimer(milliseconds: milliseconds)
        return 0
    }
}
