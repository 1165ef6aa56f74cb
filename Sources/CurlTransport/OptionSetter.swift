import CCurl

/// Sets options of one easy handle and remembers the first failure, so that a list of them reads as one.
struct OptionSetter {
    let easy: UnsafeMutableRawPointer
    private(set) var code = CURLE_OK
    /// The option that libcurl refused first.
    private(set) var refused: CURLoption?

    init(easy: UnsafeMutableRawPointer) {
        self.easy = easy
    }

    mutating func set(_ option: CURLoption, _ value: Int) {
        note(medley_easy_set_long(easy, option, value), option)
    }

    /// A handle whose transfer was broken off before it had a connection may still have its buffer, which survives a reset,
    /// and then libcurl refuses every size with `CURLE_BAD_FUNCTION_ARGUMENT`. The buffer is of the size that was set when
    /// it was made, and does as well.
    mutating func setBufferSize(_ bytes: Int) {
        let result = medley_easy_set_long(easy, CURLOPT_BUFFERSIZE, bytes)
        if result != CURLE_BAD_FUNCTION_ARGUMENT { note(result, CURLOPT_BUFFERSIZE) }
    }

    /// libcurl copies the text.
    mutating func set(_ option: CURLoption, string: String) {
        note(medley_easy_set_string(easy, option, string), option)
    }

    /// libcurl copies the text.
    mutating func set(_ option: CURLoption, string: UnsafePointer<CChar>) {
        note(medley_easy_set_string(easy, option, string), option)
    }

    /// libcurl keeps the pointer, which has to stay valid as long as the transfer.
    mutating func set(_ option: CURLoption, pointer: UnsafeRawPointer?) {
        note(medley_easy_set_pointer(easy, option, pointer), option)
    }

    /// The request's body; libcurl copies it.
    mutating func set(body: [UInt8]) {
        note(medley_easy_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        if body.isEmpty {
            set(CURLOPT_COPYPOSTFIELDS, string: "")
        } else {
            body.withUnsafeBytes { note(medley_easy_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, $0.baseAddress)) }
        }
    }

    /// A body that `callback` brings; a length below 0 is unknown.
    mutating func set(
        uploadLength length: Int,
        callback: @escaping medley_data_callback,
        context: UnsafeMutableRawPointer
    ) {
        note(medley_easy_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(length)), CURLOPT_INFILESIZE_LARGE)
        note(medley_easy_set_data_callback(easy, CURLOPT_READFUNCTION, callback), CURLOPT_READFUNCTION)
        set(CURLOPT_READDATA, pointer: context)
    }

    mutating func restrictToHTTP() {
        note(medley_easy_set_http_only(easy))
    }

    /// - Parameters:
    ///   - transfer: what the callbacks of this transfer get.
    ///   - engine: what those of its connection get, which outlives the transfer.
    mutating func setCallbacks(transfer: UnsafeMutableRawPointer, engine: UnsafeMutableRawPointer) {
        set(CURLOPT_PRIVATE, pointer: transfer)
        note(medley_easy_set_data_callback(easy, CURLOPT_WRITEFUNCTION, CurlCallbacks.body))
        set(CURLOPT_WRITEDATA, pointer: transfer)
        note(medley_easy_set_data_callback(easy, CURLOPT_HEADERFUNCTION, CurlCallbacks.header))
        set(CURLOPT_HEADERDATA, pointer: transfer)
        note(medley_easy_set_prerequest(easy, CurlCallbacks.prerequest, transfer))
        note(medley_easy_set_sockets(easy, CurlCallbacks.openSocket, CurlCallbacks.closeSocket, engine))
    }

    private mutating func note(_ result: CURLcode, _ option: CURLoption? = nil) {
        guard code == CURLE_OK, result != CURLE_OK else { return }
        code = result
        refused = option
    }
}
