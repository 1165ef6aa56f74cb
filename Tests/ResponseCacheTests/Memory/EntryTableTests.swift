import CurlTransport
import TestSupport
import Testing

@testable import ResponseCache

#if canImport(Glibc)
import Glibc
#endif

@Suite("The table of a shard")
struct EntryTableTests {
    @Test("an index finds what a dictionary finds, with colliding hashes too", arguments: 1...10 as ClosedRange<UInt64>)
    func index(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let slots = 48
        var index = EntryIndex(slots: slots)
        var hashes: [Int: UInt64] = [:]
        for _ in 0..<5_000 {
            let slot = Int.random(in: 0..<slots, using: &random)
            if let hash = hashes.removeValue(forKey: slot) {
                index.remove(slot, hash: hash)
            } else {
                // Few, so that they collide, at the end of the array too.
                let hash = UInt64.random(in: 58...66, using: &random)
                index.insert(slot, hash: hash)
                hashes[slot] = hash
            }
            let found = (0..<slots).filter { slot in
                let hash = hashes[slot] ?? 60
                var position = index.start(of: hash)
                while let next = index.next(from: &position, hash: hash) {
                    if next == slot { return true }
                }
                return false
            }
            #expect(found == hashes.keys.sorted())
        }
    }

    @Test("a ghost is remembered until as many bytes have left as the main queue holds, and once")
    func ghosts() {
        var ghosts = GhostTable(slots: 1_024, remembering: 64_000)
        ghosts.insert(1 << 16, bytes: 640)
        ghosts.insert(2 << 16, bytes: 32_000)
        ghosts.insert(3 << 16, bytes: 32_000)
        ghosts.insert(4 << 16, bytes: 640)
        var taken = [1, 2, 2, 9].map { ghosts.take($0 << 16) }
        #expect(taken == [false, true, false, false])
        ghosts = GhostTable(slots: 4_096, from: ghosts)
        taken = [3, 4].map { ghosts.take($0 << 16) }
        #expect(taken == [true, true])
    }

    @Test("who comes back soon after it left enters the main queue, where a scan leaves it alone")
    func ghostsReturn() {
        var table = EntryTable(capacity: 100_000)
        insert(1, in: &table)
        for number in 1_000..<1_300 { insert(number, in: &table) }
        var slot = table.find(CacheKey(1), hash: hash(of: 1))
        #expect(slot == nil)
        insert(1, in: &table)
        for number in 2_000..<2_500 { insert(number, in: &table) }
        slot = table.find(CacheKey(1), hash: hash(of: 1))
        #expect(slot != nil)
    }

    @Test("bytes are those of the table and of what is in it, whatever happened")
    func bytes() {
        var random = SeededGenerator(seed: 5)
        var table = EntryTable(capacity: 100_000)
        var dropped: [EntrySlot.Content] = []
        for _ in 0..<20_000 {
            let number = Int.random(in: 0..<500, using: &random)
            if let slot = table.find(CacheKey(number), hash: hash(of: number)), random.chance(2, in: 3) {
                if random.chance(1, in: 3) { table.remove(slot, dropped: &dropped) } else { table.hit(slot) }
            } else {
                insert(number, bytes: Int.random(in: 100...3_000, using: &random), in: &table)
            }
            let taken = table.slots.filter { $0.content != nil }
            let (bytes, tables, count) = (table.bytes, table.tableBytes, table.count)
            #expect(bytes == tables + taken.reduce(0) { $0 + $1.bytes })
            #expect(count == taken.count)
            #expect(bytes <= 100_000)
        }
        let evictions = table.evictions
        #expect(evictions > 1_000)
    }

    @Test("a slot fills a cache line")
    func slotSize() {
        #expect(MemoryLayout<EntrySlot>.stride == 64)
    }

    #if canImport(Glibc)
    @Test("what an entry takes is counted as malloc gives it")
    func footprint() throws {
        // Of a header that Swift's Glibc module does not have.
        typealias UsableSize = @convention(c) (UnsafeMutableRawPointer?) -> Int
        let symbol = try #require(dlsym(nil, "malloc_usable_size"))
        let usableSize = unsafeBitCast(symbol, to: UsableSize.self)
        for size in [0, 1, 100, 1_000, 20_000, 200_000] {
            // Several, of which the least counts: glibc does not cut off a rest that is smaller than its smallest block.
            let responses = (0..<16).map { _ in
                StoredResponse.sample(Array(repeating: 7, count: size), tags: ["a tag that is not inline"])
            }
            func block(_ response: StoredResponse) -> Int {
                usableSize(Unmanaged.passUnretained(response).toOpaque()) + 8
            }
            let response = try #require(responses.min { block($0) < block($1) })
            let object = block(response)
            #expect(object <= Heap.block(of: 128))
            let body = response.body.withUnsafeBytes { bytes in
                bytes.baseAddress.map { usableSize(UnsafeMutableRawPointer(mutating: $0 - 32)) } ?? 0
            }
            let counted = StoredEntry.response(response).footprint
            #expect(counted >= object + body)
            // A large block is counted in pages, which it only is when malloc maps it by itself.
            #expect(counted <= object + body + 600 + (size < 128 << 10 ? 0 : 4_096))
        }
    }
    #endif

    private func hash(of number: Int) -> UInt64 { UInt64(number) &* 0x9E37_79B9_7F4A_7C15 }

    private func insert(_ number: Int, bytes: Int = 500, in table: inout EntryTable) {
        var dropped: [EntrySlot.Content] = []
        let content = EntrySlot.Content(key: CacheKey(number), entry: .varies([]))
        let slot = EntrySlot(content: content, hash: hash(of: number), keepUntil: 0, checked: 0, bytes: bytes)
        let isStored = table.insert(slot, dropped: &dropped)
        #expect(isStored)
    }
}
