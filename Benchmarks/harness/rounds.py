"""A run: the gateways of each workload, and rounds in which all of them take turns."""

from harness import agreement, data, floor, gateways, wrk

# Seconds of load before the first round, which open connections and warm caches. V8 takes longer to compile and to size
# its heap, and undoes some of it while the other gateways have their turn: hence a second before each round as well.
FIRST, FIRST_OF_NODE, EACH_OF_NODE = 1, 4, 1


def start_all(options, servers, origin, medley):
    """The gateways by workload and name.

    Each workload has processes of its own: what one leaves behind, such as idle connections, is no cost of another, so
    that the result of a workload does not depend on what else is measured. With --shared it does, as in production.
    """
    running = {}
    for workload in options.workloads:
        for name in options.gateways:
            if name in workload.gateways and name != "floor":
                known = [gateway for (_, other), gateway in running.items() if other == name and options.shared]
                running[workload.name, name] = known[0] if known else gateways.start(name, servers, origin, medley)
    return running


def check_all(options, running):
    """Ends the run unless all gateways answer alike."""
    documents = data.documents()
    for workload in options.workloads:
        of_this = {name: each for (other, name), each in running.items() if other == workload.name}
        agreement.check(workload, documents, of_this)


def turns_of(workload, options, servers, origin, running, nio):
    """What is measured of a workload, in turn: (workload, gateway, function of seconds that gives a round)."""

    def load(gateway, path):
        return lambda seconds: wrk.round_of_load(gateway.pid, gateway.address + path, seconds, options.connections)

    for name in options.gateways:
        if (workload.name, name) in running:
            yield workload.name, name, load(running[workload.name, name], workload.path)
    if "floor" in workload.gateways and "floor" in options.gateways:
        curl = floor.build_curl(servers.directory)
        urls = [f"http://127.0.0.1:{origin}{path}" for path, _ in workload.calls]
        replying = floor.start_nio(servers, workload.name, nio, workload.reply_size(data.documents()))
        yield workload.name, floor.CURL, lambda seconds: floor.round_of_curl(curl, urls, seconds, options.connections)
        yield workload.name, floor.NIO, load(replying, "/")


def measured(turns, options):
    """{(workload, gateway): [round]}, measured round by round, the floor's sums included."""
    results = {(workload, name): [] for workload, name, _ in turns}
    for _, name, take in turns:
        take(FIRST_OF_NODE if name == "node" else FIRST)
    for _ in range(options.rounds):
        for workload, name, take in turns:
            if name == "node":
                take(EACH_OF_NODE)
            results[workload, name].append(take(options.seconds))
    return with_floors(results)


def with_floors(results):
    """The results with a floor behind each pair of halves."""
    complete = {}
    for (workload, name), rounds in results.items():
        complete[workload, name] = rounds
        if name == floor.NIO:
            halves = zip(results[workload, floor.CURL], rounds)
            complete[workload, floor.BOTH] = [floor.both(*each) for each in halves]
    return complete
