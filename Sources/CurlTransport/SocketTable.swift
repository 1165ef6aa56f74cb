/// What each socket of a loop stands for in its poller, by descriptor.
///
/// A connection's socket stays in the poller between its transfers, which saves two system calls per transfer
/// (10 µs of 92 for a reply spliced from three calls). libcurl opens and closes pooled sockets without telling its
/// socket callback, and the kernel gives the same descriptor out again: hence `opened` and `closing`, called from
/// `CURLOPT_OPENSOCKETFUNCTION` and `CURLOPT_CLOSESOCKETFUNCTION`.
struct SocketTable {
    private struct Slot {
        /// Opened through `opened`: a connection. Others, such as a resolver's, are left out as soon as libcurl says.
        var isConnection = false
        /// What the poller watches for; nil when the socket is not in it.
        var watched: Poller.Interest?
        /// libcurl is interested at present.
        var isActive = false
    }

    private let poller: Poller
    private var slots: [Slot] = []

    init(poller: Poller) {
        self.poller = poller
    }

    /// A new descriptor: what is known of an earlier one by that number is void, and the kernel has forgotten it too.
    mutating func opened(_ descriptor: CInt) {
        withSlot(descriptor) { $0 = Slot(isConnection: true) }
    }

    /// Call before `close`, since a duplicate in another process would keep the descriptor in the poller.
    mutating func closing(_ descriptor: CInt) {
        let poller = poller
        withSlot(descriptor) { slot in
            if slot.watched != nil { poller.remove(descriptor) }
            slot = Slot()
        }
    }

    /// libcurl wants to hear of this, and of nothing else. False when the system refuses to watch the socket.
    mutating func want(_ descriptor: CInt, _ interest: Poller.Interest) -> Bool {
        let poller = poller
        return withSlot(descriptor) { slot in
            slot.isActive = true
            if slot.watched == interest { return true }
            let accepted =
                slot.watched == nil ? poller.add(descriptor, interest) : poller.modify(descriptor, interest)
            slot.watched = accepted ? interest : nil
            return accepted
        }
    }

    /// libcurl wants to hear nothing for the time being.
    mutating func rest(_ descriptor: CInt) {
        let poller = poller
        withSlot(descriptor) { slot in
            slot.isActive = false
            guard !slot.isConnection, slot.watched != nil else { return }
            poller.remove(descriptor)
            slot.watched = nil
        }
    }

    /// The poller has reported a descriptor: true when libcurl is to be told. An idle one, whose peer has most likely
    /// closed it, leaves the poller, which would otherwise report it again and again.
    mutating func isAwaited(_ descriptor: CInt) -> Bool {
        let poller = poller
        return withSlot(descriptor) { slot in
            if slot.isActive { return true }
            if slot.watched != nil {
                poller.remove(descriptor)
                slot.watched = nil
            }
            return false
        }
    }

    private mutating func withSlot<Result>(_ descriptor: CInt, _ body: (inout Slot) -> Result) -> Result {
        let index = Int(descriptor)
        if index >= slots.count {
            slots.append(contentsOf: repeatElement(Slot(), count: index + 1 - slots.count))
        }
        return body(&slots[index])
    }
}
