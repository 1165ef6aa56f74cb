import TestSupport
import Testing

@testable import CurlTransport

extension TransportTests {
    @Suite("Transfer groups") struct Groups {
        typealias End = (number: Int, outcome: TransferGroup.Outcome)

        private func error(_ end: End?) -> TransportError? {
            if case .failure(let error)? = end?.outcome { error } else { nil }
        }

        private func body(_ end: End?) -> String? {
            if case .success(let response)? = end?.outcome {
                String(decoding: response.body, as: UTF8.self)
            } else {
                nil
            }
        }

        @Test("ends come in their own order, and then no more")
        func order() async throws {
            let released = Recorder<Int>()
            let server = try ScriptedServer { connection in
                guard let request = connection.readRequest() else { return }
                for (place, path) in ["/2", "/0", "/1"].enumerated() where request.line.contains(path) {
                    released.block(until: place)
                    connection.reply(path)
                }
                connection.waitForClose()
            }
            try await withTransport { transport, backend in
                let loop = transport.loops[0]
                await withTaskExecutorPreference(loop) {
                    await loop.withTransfers { group in
                        #expect(await group.next() == nil)
                        for number in 0..<3 {
                            group.start(
                                TransportRequest(backend: backend, url: server.url("/\(number)")),
                                number: number
                            )
                        }
                        for number in [2, 0, 1] {
                            let end = await group.next()
                            #expect(end?.number == number && body(end) == "/\(number)")
                            released.append(number)
                        }
                        #expect(await group.next() == nil)
                    }
                }
            }
        }

        @Test("a request that is refused is an end like any other")
        func refused() async throws {
            let server = try EventServer()
            try await withTransport { transport, backend in
                let loop = transport.loops[0]
                await withTaskExecutorPreference(loop) {
                    await loop.withTransfers { group in
                        group.start(TransportRequest(backend: backend, url: "ftp://a/"), number: 7)
                        group.start(TransportRequest(backend: backend, url: server.url("/a")), number: 8)
                        group.start(
                            TransportRequest(backend: backend, url: server.url("/b"), timeout: .zero),
                            number: 9
                        )
                        var ends: [Int: End] = [:]
                        while let end = await group.next() { ends[end.number] = end }
                        guard case .invalidRequest = error(ends[7]) else {
                            Issue.record("accepted")
                            return
                        }
                        #expect(body(ends[8]) == "/a" && error(ends[9]) == .timeout(.queued) && ends.count == 3)
                        // And with nothing in flight.
                        group.start(TransportRequest(backend: backend, url: "ftp://a/"), number: 1)
                        #expect(await group.next()?.number == 1)
                        #expect(await group.next() == nil)
                    }
                }
            }
        }

        @Test("what is under way when the body returns is broken off and waited for, and nothing is left of it")
        func leaving() async throws {
            let server = try EventServer()
            try await withTransport(configure: { $0.maxInFlight = 2 }) { transport, backend in
                let loop = transport.loops[0]
                let result = await withTaskExecutorPreference(loop) {
                    await loop.withTransfers { group in
                        for number in 0..<5 {
                            group.start(TransportRequest(backend: backend, url: server.url("/stall")), number: number)
                        }
                        await server.requests.wait(for: 2)
                        return "left"
                    }
                }
                #expect(result == "left")
                await server.closed.wait(for: 2)
                for number in 0..<4 {
                    let answer = try await transport.get(server.url("/\(number)"), backend).body
                    #expect(answer == Array("/\(number)".utf8))
                }
            }
            #expect(server.requests.count == 6)
        }

        @Test("a group that is left waits for a request that is to finish once sent")
        func leavingWaits() async throws {
            let left = Recorder<Bool>()
            let answered = Recorder<Bool>()
            let server = try ScriptedServer { connection in
                guard connection.readRequest() != nil else { return }
                left.block(until: 1)
                answered.append(true)
                connection.reply("done")
                connection.waitForClose()
            }
            try await withTransport { transport, backend in
                let loop = transport.loops[0]
                await withTaskExecutorPreference(loop) {
                    await loop.withTransfers { group in
                        var request = TransportRequest(backend: backend, method: "POST", url: server.url("/"))
                        request.finishesWhenCancelled = true
                        group.start(request, number: 0)
                        await server.requests.wait(for: 1)
                        left.append(true)
                    }
                }
                #expect(answered.count == 1)
            }
        }

        @Test("cancelling the task ends all but what is to finish and was sent, and what ignores it")
        func cancelling() async throws {
            let cancelled = Recorder<Bool>()
            let server = try ScriptedServer { connection in
                while let request = connection.readRequest() {
                    if request.line.contains("/plain") { return connection.waitForClose() }
                    cancelled.block(until: 1)
                    connection.reply("done")
                }
            }
            try await withTransport(configure: { $0.maxInFlight = 2 }) { transport, backend in
                let loop = transport.loops[0]
                func request(_ path: String, finishes: Bool = false, ignores: Bool = false) -> TransportRequest {
                    var request = TransportRequest(backend: backend, url: server.url(path))
                    request.finishesWhenCancelled = finishes
                    request.ignoresCancellation = ignores
                    return request
                }
                let requests = [
                    request("/finishes", finishes: true), request("/plain"), request("/waits", finishes: true),
                    request("/ignores", ignores: true), request("/late", finishes: true),
                    request("/last", ignores: true),
                ]
                let task = Task(executorPreference: loop) {
                    await loop.withTransfers { group in
                        var ends: [Int: String] = [:]
                        for number in 0..<4 { group.start(requests[number], number: number) }
                        while let end = await group.next() {
                            ends[end.number] = body(end) ?? (error(end) == .cancelled ? "cancelled" : "failed")
                            if ends.count == 4 { for number in 4...5 { group.start(requests[number], number: number) } }
                        }
                        return ends
                    }
                }
                await server.requests.wait(for: 2)
                task.cancel()
                cancelled.append(true)
                let expected = [0: "done", 1: "cancelled", 2: "cancelled", 3: "done", 4: "cancelled", 5: "done"]
                #expect(await task.value == expected)
            }
            let lines = server.requests.all.map { $0.line.split(separator: " ")[1] }
            #expect(Set(lines) == ["/finishes", "/plain", "/ignores", "/last"])
        }

        @Test("a task that is cancelled already sends nothing, not even what is to finish once sent")
        func cancelledBefore() async throws {
            let server = try EventServer()
            try await withTransport { transport, backend in
                let loop = transport.loops[0]
                var request = TransportRequest(backend: backend, method: "POST", url: server.url("/"))
                request.finishesWhenCancelled = true
                let fixed = request
                let failure = await withTaskExecutorPreference(loop) {
                    await withTaskGroup(of: TransportError?.self) { tasks in
                        tasks.cancelAll()
                        tasks.addTask {
                            await loop.withTransfers { group in
                                group.start(fixed, number: 0)
                                return error(await group.next())
                            }
                        }
                        return await tasks.next() ?? nil
                    }
                }
                #expect(failure == .cancelled)
            }
            #expect(server.connections.count == 0)
        }

        @Test("shutdown ends everything a group has under way, and what it starts later")
        func shutdown() async throws {
            let server = try EventServer()
            var options = BackendOptions(name: "a")
            options.maxInFlight = 2
            let transport = try CurlTransport(backends: [options], loops: 1)
            let (loop, backend) = (transport.loops[0], transport.backends[0])
            let task = Task(executorPreference: loop) {
                await loop.withTransfers { group in
                    for number in 0..<4 {
                        var request = TransportRequest(backend: backend, url: server.url("/stall"))
                        request.ignoresCancellation = number % 2 == 0
                        group.start(request, number: number)
                    }
                    var ends: [Int] = []
                    while let end = await group.next() {
                        #expect(error(end) == .cancelled)
                        ends.append(end.number)
                        if ends.count == 4 {
                            group.start(TransportRequest(backend: backend, url: server.url("/")), number: 4)
                        }
                    }
                    return ends.sorted()
                }
            }
            await server.requests.wait(for: 2)
            await transport.shutdown()
            #expect(await task.value == [0, 1, 2, 3, 4])
            await server.closed.wait(for: 2)
            let late = await withTaskExecutorPreference(loop) {
                await loop.withTransfers { group in
                    group.start(TransportRequest(backend: backend, url: server.url("/")), number: 0)
                    return error(await group.next())
                }
            }
            #expect(late == .cancelled)
        }

        @Test(
            "ten thousand requests in groups, cancelled at random from four sides, each end once and with their own body"
        )
        func stress() async throws {
            let server = try EventServer()
            try await withTransport(configure: { $0.maxInFlight = 48 }) { transport, backend in
                let loop = transport.loops[0]
                await withTaskGroup(of: Void.self) { tasks in
                    for worker in 0..<50 {
                        tasks.addTask {
                            var random = SeededGenerator(seed: UInt64(worker))
                            for _ in 0..<50 { await Self.one(&random, server, loop, backend) }
                        }
                    }
                }
                let answer = try await transport.get(server.url("/after"), backend).body
                #expect(answer == Array("/after".utf8))
            }
        }

        /// A group of four, one of which may never be answered.
        private static func one(
            _ random: inout SeededGenerator,
            _ server: EventServer,
            _ loop: CurlLoop,
            _ backend: Backend
        ) async {
            let side = Int.random(in: 0..<4, using: &random)
            let base = Int.random(in: 0..<1_000_000, using: &random)
            let patience = Int.random(in: 0...4, using: &random)
            let stalls = side > 0
            let task = Task(executorPreference: loop) {
                await loop.withTransfers { group in
                    var seen: Set<Int> = []
                    for number in 0..<4 {
                        let path = (stalls && number == 3 ? "/stall/" : "/") + "\(base + number)"
                        group.start(TransportRequest(backend: backend, url: server.url(path)), number: base + number)
                    }
                    while side != 2 || seen.count < patience, let end = await group.next() {
                        let isNew = seen.insert(end.number).inserted
                        #expect(isNew)
                        switch end.outcome {
                        case .success(let response): #expect(response.body == Array("/\(end.number)".utf8))
                        case .failure(let error): #expect(error == .cancelled && side > 0)
                        }
                        if side == 3, seen.count > patience % 3 { group.cancelAll() }
                    }
                    #expect(side == 2 || seen.count == 4)
                }
            }
            if side == 1 || side == 2 {
                for _ in 0..<(patience * 3) { await Task.yield() }
                task.cancel()
            }
            await task.value
        }
    }
}
