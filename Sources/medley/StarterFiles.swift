/// What `medley init` writes: one endpoint over two backends, one of which may fail.
enum StarterFiles {
    struct File {
        /// Relative to the directory.
        var name: String
        /// In a few words.
        var purpose: String
        var bytes: [UInt8]

        init(name: String, purpose: String, bytes: [UInt8]) {
            self.name = name
            self.purpose = purpose
            self.bytes = bytes
        }

        init(_ name: String, _ purpose: String, _ text: String) {
            self.init(name: name, purpose: purpose, bytes: Array((text + "\n").utf8))
        }
    }

    static let all = [
        File(
            "compositions/profile.json",
            "an endpoint: two calls, one reply",
            """
            {
              "$schema": "../schemas/composition.schema.json",
              "endpoint": "GET /profile/{userId}",
              "summary": "A customer and her last orders; without the orders when they cannot be had.",
              "parameters": {
                "userId": { "type": "integer", "minimum": 1 }
              },
              "calls": {
                "user": { "backend": "users", "path": "/users/{userId}" },
                "orders": {
                  "backend": "orders",
                  "path": "/orders",
                  "query": { "customer": "{userId}" },
                  "select": "items[].{id: id, total: total}",
                  "fallback": []
                }
              },
              "response": {
                "body": { "name": "{user.name}", "orders": "{orders}" }
              }
            }
            """
        ),
        File(
            "compositions/profile.cases.json",
            "what it owes to which request: medley test",
            """
            {
              "$schema": "../schemas/cases.schema.json",
              "cases": [
                {
                  "name": "a customer and her orders",
                  "request": { "path": "/profile/42" },
                  "response": {
                    "status": 200,
                    "body": {
                      "name": "Ada",
                      "orders": [{ "id": 7001, "total": 12.50 }, { "id": 7002, "total": 8.00 }]
                    }
                  }
                },
                {
                  "name": "a customer whose orders cannot be had",
                  "request": { "path": "/profile/43" },
                  "response": {
                    "status": 200,
                    "headers": { "Medley-Partial": "orders;reason=upstream_status" },
                    "body": { "name": "Grace", "orders": [] }
                  }
                },
                {
                  "name": "a customer that nobody knows",
                  "request": { "path": "/profile/44" },
                  "response": { "status": 404 }
                }
              ]
            }
            """
        ),
        File(
            "fixtures/users/42.json",
            "what a backend answered: it stands in for it",
            """
            {
              "$schema": "../../schemas/fixture.schema.json",
              "request": { "path": "/users/42" },
              "response": { "body": { "id": 42, "name": "Ada", "plan": "gold" }, "delay": "10ms" }
            }
            """
        ),
        File(
            "fixtures/users/43.json",
            "another customer",
            """
            {
              "$schema": "../../schemas/fixture.schema.json",
              "request": { "path": "/users/43" },
              "response": { "body": { "id": 43, "name": "Grace", "plan": null }, "delay": "10ms" }
            }
            """
        ),
        File(
            "fixtures/users/44.json",
            "one that is not there",
            """
            {
              "$schema": "../../schemas/fixture.schema.json",
              "request": { "path": "/users/44" },
              "response": { "status": 404, "body": { "error": "no such user" } }
            }
            """
        ),
        File(
            "fixtures/orders/of-42.json",
            "her orders",
            """
            {
              "$schema": "../../schemas/fixture.schema.json",
              "request": { "path": "/orders", "query": { "customer": "42" } },
              "response": {
                "body": { "items": [{ "id": 7001, "total": 12.50 }, { "id": 7002, "total": 8.00 }] },
                "delay": "25ms"
              }
            }
            """
        ),
        File(
            "fixtures/orders/down.json",
            "a failure, for everybody else",
            """
            {
              "$schema": "../../schemas/fixture.schema.json",
              "summary": "The orders of all others cannot be had.",
              "request": { "path": "/orders" },
              "response": { "status": 503, "body": { "error": "try later" } }
            }
            """
        ),
        File(
            "gateway.json",
            "the real backends: medley serve --settings gateway.json",
            """
            {
              "$schema": "schemas/gateway.schema.json",
              "listen": "127.0.0.1:8080",
              "backends": {
                "users": { "url": "http://127.0.0.1:9001", "timeout": "500ms" },
                "orders": { "url": "http://127.0.0.1:9002", "timeout": "500ms" }
              }
            }
            """
        ),
    ]
}
