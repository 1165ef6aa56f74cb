import Testing

@testable import CurlTransport

@Suite("Admission queue") struct AdmissionQueueTests {
    @Test("admits up to its limit, lets wait up to its bound, refuses the rest")
    func bounds() {
        var queue = AdmissionQueue(limit: 2, maxQueued: 2)
        #expect(queue.arrive(10) == .start)
        #expect(queue.arrive(11) == .start)
        #expect(queue.arrive(12) == .wait(place: 0))
        #expect(queue.arrive(13) == .wait(place: 1))
        #expect(queue.arrive(14) == .refuse)
        #expect(queue.inFlight == 2)
        #expect(queue.count == 2)
    }

    @Test("admits waiters in the order they came, and nobody overtakes them")
    func order() {
        var queue = AdmissionQueue(limit: 1, maxQueued: 100)
        #expect(queue.arrive(0) == .start)
        for waiter in 1...5 { #expect(queue.arrive(waiter) == .wait(place: waiter - 1)) }
        #expect(queue.next() == nil)
        queue.leave()
        // There is room, and someone waits for it: a newcomer goes to the end.
        guard case .wait = queue.arrive(6) else {
            Issue.record("overtaken")
            return
        }
        for waiter in 1...6 {
            #expect(queue.next() == waiter)
            #expect(queue.next() == nil)
            queue.leave()
        }
        #expect(queue.next() == nil)
        #expect(queue.inFlight == 0)
    }

    @Test("a waiter that withdraws is passed over, wherever it stands", arguments: 1...3)
    func withdrawal(gone: Int) {
        var queue = AdmissionQueue(limit: 1, maxQueued: 3)
        #expect(queue.arrive(0) == .start)
        for waiter in 1...3 { #expect(queue.arrive(waiter) == .wait(place: waiter - 1)) }
        queue.withdraw(place: gone - 1)
        #expect(queue.arrive(4) == .wait(place: gone - 1), "its place is given out again")
        var order: [Int] = []
        queue.leave()
        while let next = queue.next() {
            order.append(next)
            queue.leave()
        }
        #expect(order == (1...4).filter { $0 != gone })
    }

    @Test("agrees with a plain array under random use")
    func model() {
        var generator = SystemRandomNumberGenerator()
        var queue = AdmissionQueue(limit: 3, maxQueued: 8)
        var waiting: [(waiter: Int, place: Int)] = []
        var inFlight = 0
        for step in 0..<20_000 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0, 1:
                switch queue.arrive(step) {
                case .start:
                    #expect(inFlight < 3 && waiting.isEmpty)
                    inFlight += 1
                case .wait(let place): waiting.append((step, place))
                case .refuse: #expect(waiting.count == 8)
                }
            case 2 where inFlight > 0:
                queue.leave()
                inFlight -= 1
                if let next = queue.next() {
                    #expect(next == waiting.removeFirst().waiter)
                    inFlight += 1
                }
            case 3:
                guard let index = waiting.indices.randomElement(using: &generator) else { continue }
                queue.withdraw(place: waiting.remove(at: index).place)
            default: break
            }
            #expect(queue.inFlight == inFlight && queue.count == waiting.count)
        }
    }
}

@Suite("Deadline heap") struct DeadlineHeapTests {
    @Test("gives members back by deadline, and none before its time")
    func order() {
        var heap = DeadlineHeap()
        for (member, deadline) in [50, 10, 40, 20, 30].enumerated() { heap.insert(member, deadline: UInt64(deadline)) }
        #expect(heap.earliest == 10)
        #expect(heap.popExpired(now: 9) == nil)
        #expect(heap.popExpired(now: 30) == 1)
        #expect(heap.popExpired(now: 30) == 3)
        #expect(heap.popExpired(now: 30) == 4)
        #expect(heap.popExpired(now: 30) == nil)
        #expect(heap.count == 2)
    }

    @Test("agrees with a sorted array under random use")
    func model() {
        var heap = DeadlineHeap()
        var model: [Int: UInt64] = [:]
        for _ in 0..<20_000 {
            let member = Int.random(in: 0..<200)
            if model[member] != nil {
                heap.remove(member)
                model[member] = nil
            } else {
                let deadline = UInt64.random(in: 0..<1_000)
                heap.insert(member, deadline: deadline)
                model[member] = deadline
            }
            #expect(heap.earliest == model.values.min())
            #expect(heap.count == model.count)
        }
        var last: UInt64 = 0
        while let member = heap.popExpired(now: .max) {
            let deadline = model.removeValue(forKey: member)
            #expect(deadline.map { $0 >= last } == true)
            last = deadline ?? last
        }
        #expect(model.isEmpty)
    }
}
