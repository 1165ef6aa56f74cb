"""What is asked for: the endpoints, the calls behind each, and the reply that every gateway must give."""

from dataclasses import dataclass
from typing import Callable, Tuple

from harness import data

PEERS = ("medley", "nginx", "node", "floor")
FOR_EACH_AT_ONCE = 64


@dataclass(frozen=True)
class Workload:
    """An endpoint, GET /NAME/42.

    calls: the path of each call on the origin, and the document that it answers with.
    reply: makes the reply's value of the documents by name.
    """

    name: str
    summary: str
    calls: Tuple[Tuple[str, str], ...]
    reply: Callable
    gateways: Tuple[str, ...] = PEERS
    headers: Tuple[Tuple[str, str], ...] = ()

    @property
    def path(self):
        return f"/{self.name}/42"

    def reply_size(self, documents):
        """Bytes of the reply's body."""
        return len(data.text(self.reply(documents)).encode())


def orders(document):
    return [
        {"id": each["id"], "total": each["total"]["amount"], "status": each["status"]} for each in document["items"]
    ]


def products(document):
    return [
        {"id": each["id"], "name": each["name"], "price": each["price"]["amount"], "image": each["images"][0]["url"]}
        for each in document["items"]
    ]


def reviews(document):
    return [{"stars": each["stars"], "text": each["text"]} for each in document["items"]]


def person(document):
    return {"id": document["id"], "name": document["name"], "city": document["address"]["city"]}


def screen(kind):
    """The reply of `small` and `three`."""
    return lambda documents: {
        "user": person(documents["user"]),
        "greeting": f"Hello {documents['user']['firstName']}!",
        "orders": orders(documents[f"{kind}-orders"]),
        "products": products(documents[f"{kind}-products"]),
    }


def account(documents):
    """The reply of `eight`."""
    return screen("large")(documents) | {
        "partner": person(documents["user"]),
        "returns": orders(documents["large-orders"]),
        "similar": products(documents["large-products"]),
        "reviews": reviews(documents["reviews"]),
        "questions": reviews(documents["reviews"]),
    }


def three_calls(kind):
    return (
        ("/users/42", "user"),
        (f"/{kind}/orders?customer=42", f"{kind}-orders"),
        (f"/{kind}/products?for=42", f"{kind}-products"),
    )


def fan(count):
    """What the list's calls cost each, in Medley alone.

    A `forEach` has at most 64 calls under way at once, and a backend at most 64 requests per loop, of all clients
    together, unless its settings say more: `fan100` is a fan-out of 100 calls with 64 in flight.
    """
    at_once = "all" if count <= FOR_EACH_AT_ONCE else FOR_EACH_AT_ONCE
    return Workload(
        f"fan{count}",
        f"{count} calls of one list, {at_once} at once",
        tuple((f"/reviews/{item}?by=42", "reviews") for item in range(count)),
        lambda documents: {"reviews": [reviews(documents["reviews"])] * count},
        gateways=("medley",),
    )


ALL = [
    Workload(
        "one",
        "one call, its body passed on",
        (("/profiles/42", "small-products"),),
        lambda documents: documents["small-products"],
        gateways=("medley", "nginx", "node", "envoy", "floor"),
    ),
    Workload("small", "three parallel calls, reshaped", three_calls("small"), screen("small")),
    Workload("three", "three parallel calls, reshaped", three_calls("large"), screen("large")),
    Workload(
        "merge",
        "three parallel calls, whole bodies under three keys",
        three_calls("large"),
        lambda documents: {
            "user": documents["user"],
            "orders": documents["large-orders"],
            "products": documents["large-products"],
        },
    ),
    Workload(
        "eight",
        "eight parallel calls, reshaped",
        three_calls("large")
        + (
            ("/partners/42", "user"),
            ("/large/returns?customer=42", "large-orders"),
            ("/large/similar?for=42", "large-products"),
            ("/reviews/42", "reviews"),
            ("/questions/42", "reviews"),
        ),
        account,
        headers=(("Content-Language", "fr-FR"),),
    ),
    fan(8),
    fan(100),
]
