import JMESPath
import JSONSlices

/// Expressions on backends' bodies, the budget included: the two selections of `Benchmarks/medley/compositions`, and
/// what the language's other parts cost.
let expressionBenchmarks: [Benchmark] = [
    expression("path", on: "user", "address.city", iterations: 2_000),
    expression("orders.4K", on: "large-orders", "items[].{id: id, total: total.amount, status: status}"),
    expression(
        "products.16K",
        on: "large-products",
        "items[].{id: id, name: name, price: price.amount, image: images[0].url}"
    ),
    expression("filter.4K", on: "large-orders", "items[?status == 'shipped' && total.amount > `30`].id"),
    expression("sort.16K", on: "large-products", "sort_by(items, &price.amount)[].sku"),
    expression("sum.4K", on: "large-orders", "sum(items[].total.amount) * `1.2` - `5`"),
    expression("text.4K", on: "large-orders", "items[].join('-', [shipment.carrier, upper(status)])"),
]

private func expression(_ name: String, on document: String, _ source: String, iterations: Int = 200) -> Benchmark {
    Benchmark("expression.\(name)", iterations: iterations) { inputs in
        let expression = try Expression.parse(source)
        let root = JSONValue.slice(try inputs.document(document).root)
        var budget = EvaluationBudget()
        let value = try expression.evaluate(root: root, budget: &budget)
        guard !value.isNull else { throw Failure("'\(source)' is null") }
        return {
            var budget = EvaluationBudget()
            keep(try? expression.evaluate(root: root, budget: &budget))
        }
    }
}
