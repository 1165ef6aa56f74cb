"""JSON documents of 10 MB: one as dense as an API's answers, one of long strings."""

from typing import NamedTuple

from harness import data

SIZE = 10_000_000


class Document(NamedTuple):
    size: int
    values: int


def write(directory):
    """Writes catalog.json and texts.json. Returns what they are by name."""
    # Scalars, arrays and objects by the dozen in each product, as in the answer of a shop's catalogue.
    catalog = list_of(data.product)
    # The same bytes in a thousandth of the values: what the index takes is next to nothing here.
    texts = list_of(lambda index: f"{index} " + "Steamed green tea from the first flush. " * 100)
    documents = {"catalog": catalog, "texts": texts}
    sizes = data.store(documents, directory)
    return {name: Document(sizes[name], values_in(value)) for name, value in documents.items()}


def list_of(make):
    items, size = [], 0
    while size < SIZE:
        items.append(make(len(items)))
        size += len(data.text(items[-1]).encode()) + 1
    return {"count": len(items), "items": items}


def values_in(value):
    if isinstance(value, dict):
        return 1 + sum(map(values_in, value.values()))
    return 1 + sum(map(values_in, value)) if isinstance(value, list) else 1
