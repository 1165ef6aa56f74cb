import JSONSlices

/// Look-up in an index.
let memberBenchmarks: [Benchmark] = [
    Benchmark("member.prepared", iterations: 5_000) { inputs in
        let user = try inputs.document("user").root
        let (address, city) = (JSONKey("address"), JSONKey("city"))
        _ = try required(user.member(address)?.member(city), "address.city")
        return { keep(user.member(address)?.member(city)) }
    },
    Benchmark("member.text", iterations: 5_000) { inputs in
        let user = try inputs.document("user").root
        _ = try required(user.member("createdAt"), "createdAt")
        return { keep(user.member("createdAt")) }
    },
    Benchmark("member.list.16K", iterations: 500) { inputs in
        let items = try required(inputs.document("large-products").root.member("items"), "items")
        let name = JSONKey("name")
        return {
            for item in items.elements { keep(item.member(name)) }
        }
    },
]
