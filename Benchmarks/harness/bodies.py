"""What a 10 MB body takes while it is in the gateway: the growth of the resident peak by one request."""

import time
from statistics import median

from harness import proc
from harness.bound import Bound
from harness.testbed import SMALL_SCREEN

LIMIT = 2
ENDPOINTS = {"whole": "passed through", "few": "a little selected"}


def measure(testbed, quick):
    return [bound(testbed, endpoint, what, 1 if quick else 5) for endpoint, what in ENDPOINTS.items()]


def bound(testbed, endpoint, what, rounds):
    catalog, texts = testbed.documents_written["catalog"], testbed.documents_written["texts"]
    growth, kept = zip(*(growth_by(testbed, f"/{endpoint}/catalog.json", catalog) for _ in range(rounds)))
    plain = [growth_by(testbed, f"/{endpoint}/texts.json", texts)[0] for _ in range(rounds)]
    spread = f" ({min(plain):.2f}–{max(plain):.2f})" if rounds > 1 else ""
    return Bound(
        f"10 MB, {what}",
        f"peak grows by less than {LIMIT} × the body",
        f"{median(plain):.2f} ×{spread}",
        median(plain) < LIMIT,
        f"long strings, with next to no index; with one value per {catalog.size / catalog.values:.0f} bytes "
        f"{median(growth):.2f} ×, of which the index and what is made from it are {median(growth) - median(plain):.2f} ×; "
        f"a second later {median(kept):.2f} × are still resident",
    )


def growth_by(testbed, path, document):
    """The growth of the peak by one request, and what of it is left a second later, both as parts of the body's size.

    In a fresh gateway each time: free memory kept from an earlier request would hide what this one takes.
    """
    with testbed.gateway() as gateway:
        # Touches the code and the buffers that every request needs.
        testbed.load.run(gateway.port, SMALL_SCREEN, requests=200)
        proc.reset_peak(gateway.pid)
        before, resident_before = proc.peak_bytes(gateway.pid), proc.resident_bytes(gateway.pid)
        testbed.load.run(gateway.port, path, requests=1, seconds=20)
        peak = proc.peak_bytes(gateway.pid)
        time.sleep(1)
        kept = proc.resident_bytes(gateway.pid) - resident_before
        return (peak - before) / document.size, kept / document.size
