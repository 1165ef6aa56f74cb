"""The backends' answers: JSON of a shop, the same on every run, grown to a size in bytes."""

import json
import os

PRODUCTS = [
    "煎茶 Sencha",
    "Darjeeling First Flush",
    "नीलगिरि Nilgiri",
    "Yirgacheffe",
    "Porcelain cup “Weiß”",
    "Tetsubin 鉄瓶",
]
STATES = ["delivered", "shipped", "packed", "cancelled"]


def write(directory):
    """Writes the backends' documents. Returns their sizes in bytes by name."""
    return store(documents(), directory)


def store(values, directory):
    """Writes values by name as NAME.json. Returns their sizes in bytes by name."""
    os.makedirs(directory, exist_ok=True)
    sizes = {}
    for name, value in values.items():
        with open(os.path.join(directory, f"{name}.json"), "wb") as file:
            sizes[name] = file.write(text(value).encode())
    return sizes


def documents():
    """The documents by name, as values."""
    return {
        "user": user(),
        "small-orders": grown(order, 1000),
        "small-products": grown(product, 4000),
        "large-orders": grown(order, 4000),
        "large-products": grown(product, 16000),
        "reviews": grown(review, 1000),
    }


def text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def grown(make, size):
    """A list of as many elements as make a document of about `size` bytes."""
    items = []
    while True:
        items.append(make(len(items)))
        value = {"count": len(items), "items": items}
        if len(text(value).encode()) >= size:
            return value


def user():
    return {
        "id": 42,
        "name": "Amélie Dubois",
        "firstName": "Amélie",
        "nickname": None,
        "locale": "fr-FR",
        "plan": "gold",
        "address": {"street": "14 rue des Capucins", "city": "Lyon", "zip": "69001", "country": "FR"},
        "loyalty": {"tier": "gold", "points": 4180, "since": "2019-03-11", "nextTierAt": None},
        "avatar": "https://img.example.com/u/42.webp",
        "preferences": {"newsletter": True, "push": False, "currency": "EUR", "segments": ["tea", "ceramics", "gifts"]},
        "createdAt": "2019-03-11T08:30:00Z",
    }


def order(index):
    return {
        "id": 20261109000 + index,
        "placed_at": f"2026-10-{1 + index % 28:02d}T09:17:00+01:00",
        "status": STATES[index % len(STATES)],
        "total": {"amount": 18.25 + index * 3.5, "currency": "EUR", "discount": None},
        "lines": [{"line": 1, "sku": f"TEA-{index:04d}", "quantity": 1 + index % 3, "unitPrice": 9.75}],
        "shipment": {"carrier": "DHL", "tracking": f"JJD2026110900{index:04d}"},
    }


def product(index):
    return {
        "id": 90071992541 + index,
        "sku": f"TEA-{index:04d}",
        "name": PRODUCTS[index % len(PRODUCTS)],
        "description": "Steamed green tea from the first flush. 70 °C, ninety seconds, \"three\" infusions.",
        "price": {"amount": 4.25 + index * 1.5, "currency": "EUR", "was": None},
        "images": [{"url": f"https://img.example.com/{index}/1@2x.webp", "width": 1200, "height": 800}],
        "attributes": {"origin": "JP", "weightGrams": 100, "organic": index % 2 == 0, "allergens": []},
    }


def review(index):
    return {
        "id": 7000100 + index,
        "stars": 5 - index % 3,
        "text": "Très bon, « frais » et léger — again, please.",
        "author": {"id": 100 + index, "name": "J. Novák"},
        "at": f"2026-09-{1 + index % 28:02d}T18:04:00Z",
    }
