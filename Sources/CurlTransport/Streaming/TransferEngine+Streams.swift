import CCurl

/// The streams of a loop in which something has happened, to be told at the end of the engine's turn.
///
/// Filled by callbacks of libcurl; used on the loop's thread alone.
final class StreamNews {
    private var streams: [TransferStream] = []
    private var toResume: [TransferStream] = []

    func add(_ stream: TransferStream) {
        streams.append(stream)
    }

    func addToResume(_ stream: TransferStream) {
        toResume.append(stream)
    }

    /// Out of libcurl: lets those go on that wait for nothing any more, then tells what has happened.
    func flush() {
        if !toResume.isEmpty {
            let streams = toResume
            toResume.removeAll(keepingCapacity: true)
            for stream in streams { stream.goOnAfterHead() }
        }
        guard !streams.isEmpty else { return }
        let noted = streams
        streams.removeAll(keepingCapacity: true)
        for stream in noted { stream.flush() }
    }
}

extension TransferEngine {
    /// How often it is looked whether a stream has been still for too long, in nanoseconds.
    static let streamCheck: UInt64 = 500_000_000

    func hasNews(_ stream: TransferStream) {
        streamNews.add(stream)
    }

    /// From within a callback, where libcurl must not be called.
    func resumeLater(_ stream: TransferStream) {
        streamNews.addToResume(stream)
    }
}

extension CurlCallbacks {
    /// `CURLOPT_READFUNCTION`: the next bytes of a request's body; 0 is its end.
    static let upload: medley_data_callback = { bytes, size, count, context in
        guard let stream = Transfer.of(context)?.stream, let bytes else { return Int(CURL_READFUNC_ABORT) }
        switch stream.send(into: UnsafeMutableRawBufferPointer(start: bytes, count: size &* count)) {
        case .bytes(let sent): return sent
        case .end: return 0
        case .pause: return Int(CURL_READFUNC_PAUSE)
        case .abort: return Int(CURL_READFUNC_ABORT)
        }
    }

    /// `CURLOPT_WRITEFUNCTION` for a transfer that streams.
    static func pass(_ bytes: UnsafeRawBufferPointer, of transfer: Transfer, to stream: TransferStream) -> Int {
        switch stream.received(bytes) {
        case .taken: bytes.count
        case .pause: Int(CURL_WRITEFUNC_PAUSE)
        case .abort: ~0
        }
    }
}

extension OptionSetter {
    /// The request's body comes from its stream.
    mutating func set(upload: TransferStream.Upload, of transfer: Transfer) {
        let length: Int
        switch upload {
        case .none: return
        case .known(let known): length = known
        case .unknown: length = -1
        }
        set(CURLOPT_UPLOAD, 1)
        set(uploadLength: length, callback: CurlCallbacks.upload, context: transfer.context)
    }
}
