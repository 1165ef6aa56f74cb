/* A load generator for HTTP/1.1 on keep-alive connections, closed loop or open loop, on one thread.
 *
 * Closed loop (no -r): every connection sends its next request as soon as its reply is complete.
 * Open loop (-r RATE): requests are due at constant intervals, whatever the replies do. A request's latency counts from
 * when it was due, so a request that found no idle connection, or this program late, counts its waiting too: a server
 * that stalls for 100 ms is seen by every request that was due meanwhile (no "coordinated omission").
 *
 * Usage: open [-c CONNECTIONS] [-r RATE] [-d SECONDS] [-w WARMUP SECONDS] [-n REQUESTS] IPV4 PORT PATH
 *
 * The warm-up comes before the seconds that are measured. -n ends a closed loop after so many replies. Every reply must
 * be a 2xx with a Content-Length; the first that is not ends the program with 1. Prints one line of JSON; times in
 * microseconds, percentiles exact (nearest rank) over all measured requests.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { HEAD = 16 << 10, SECOND = 1000000000, PATIENCE = 30 };

struct connection {
    int socket;
    int64_t due, sent;   /* when its request was to be sent, and when it was */
    char head[HEAD + 1]; /* what has arrived of the reply's head, with a zero at its end */
    size_t head_length;
    bool in_body;
    size_t body_left;
};

static char request[8192];
static size_t request_length;
static struct connection *connections;
static int connection_count = 1;
static int *idle, idle_first, idle_count; /* a ring: the connection that has been idle for longest is used next */
static int64_t *latencies;
static size_t latency_count, latency_room;
static int64_t *lateness; /* open loop: how late a request left, because of this program or for want of a connection */
static int64_t begin, measured_from, last_reply;

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

static void record(int64_t latency, int64_t late) {
    if (latency_count == latency_room) {
        latency_room = latency_room ? latency_room * 2 : 1 << 16;
        latencies = realloc(latencies, latency_room * sizeof *latencies);
        lateness = realloc(lateness, latency_room * sizeof *lateness);
        if (!latencies || !lateness) fail("no memory");
    }
    lateness[latency_count] = late;
    latencies[latency_count++] = latency;
}

static int connect_to(const struct sockaddr_in *address) {
    int one = 1, descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || connect(descriptor, (const struct sockaddr *)address, sizeof *address))
        fail("cannot connect: %s", strerror(errno));
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return descriptor;
}

static void put_idle(int index) {
    idle[(idle_first + idle_count++) % connection_count] = index;
}

static void send_request(int64_t due) {
    int index = idle[idle_first];
    idle_first = (idle_first + 1) % connection_count;
    idle_count--;
    struct connection *connection = &connections[index];
    connection->due = due;
    connection->head_length = 0;
    connection->in_body = false;
    connection->sent = now();
    ssize_t written = send(connection->socket, request, request_length, MSG_NOSIGNAL);
    if (written != (ssize_t)request_length) fail("cannot send a request: %s", strerror(errno));
}

/* The head is complete: its status and the length of the body that follows. */
static void read_head(struct connection *connection) {
    if (strncmp(connection->head, "HTTP/1.1 2", 10)) fail("the answer is %.12s", connection->head);
    const char *length = strcasestr(connection->head, "\r\ncontent-length:");
    if (!length) fail("a reply has no Content-Length");
    connection->body_left = strtoull(length + strlen("\r\ncontent-length:"), NULL, 10);
    connection->in_body = true;
}

/* Takes in what arrived. Returns whether the reply is complete. */
static bool take(struct connection *connection, const char *bytes, size_t count) {
    if (!connection->in_body) {
        size_t room = HEAD - connection->head_length, taken = count < room ? count : room;
        size_t before = connection->head_length;
        memcpy(connection->head + before, bytes, taken);
        connection->head[before + taken] = 0;
        char *end = strstr(connection->head + (before > 3 ? before - 3 : 0), "\r\n\r\n");
        if (!end) {
            if (taken < count) fail("the head of a reply is longer than %d bytes", HEAD);
            connection->head_length += taken;
            return false;
        }
        size_t used = (size_t)(end + 4 - connection->head) - before;
        *(end + 2) = 0;
        read_head(connection);
        count -= used;
    }
    if (count > connection->body_left) fail("more arrived than the reply's Content-Length");
    connection->body_left -= count;
    return connection->body_left == 0;
}

/* Reads until nothing is left. Returns whether the reply is complete. */
static bool receive(struct connection *connection) {
    static char buffer[256 << 10];
    for (;;) {
        ssize_t count = recv(connection->socket, buffer, sizeof buffer, 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
        if (count <= 0) fail("a connection broke: %s", count ? strerror(errno) : "closed by the server");
        if (take(connection, buffer, (size_t)count)) return true;
    }
}

static void finish(int index) {
    int64_t time = now();
    struct connection *connection = &connections[index];
    if (connection->due >= measured_from) {
        record(time - connection->due, connection->sent - connection->due);
        last_reply = time;
    }
    put_idle(index);
}

static int by_size(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static double percentile(const int64_t *sorted, double share) {
    size_t rank = (size_t)(share * (double)latency_count + 0.999999);
    return (double)sorted[rank ? rank - 1 : 0] / 1000;
}

static void print(void) {
    if (!latency_count) fail("no request was measured");
    double sum = 0, seconds = (double)(last_reply - measured_from) / SECOND;
    for (size_t i = 0; i < latency_count; i++) sum += (double)latencies[i] / 1000;
    qsort(latencies, latency_count, sizeof *latencies, by_size);
    qsort(lateness, latency_count, sizeof *lateness, by_size);
    printf("{\"requests\": %zu, \"seconds\": %.3f, \"rate\": %.1f, \"mean\": %.1f, \"p50\": %.1f, \"p90\": %.1f, "
           "\"p99\": %.1f, \"p999\": %.1f, \"max\": %.1f, \"late50\": %.1f, \"late99\": %.1f}\n",
           latency_count, seconds, (double)latency_count / seconds, sum / (double)latency_count,
           percentile(latencies, 0.5), percentile(latencies, 0.9), percentile(latencies, 0.99),
           percentile(latencies, 0.999), percentile(latencies, 1), percentile(lateness, 0.5),
           percentile(lateness, 0.99));
}

/* Sends what is due. Returns when the next request will be due; 0 when only a reply can bring on the next. */
static int64_t dispatch(double interval, size_t limit, int64_t end, size_t *sent) {
    while (idle_count && *sent < limit) {
        int64_t time = now(), due = interval > 0 ? begin + (int64_t)((double)*sent * interval) : time;
        if (interval > 0 ? due > time : time >= end) return due > time ? due : 0;
        send_request(due);
        ++*sent;
    }
    return 0;
}

static void run(double interval, size_t limit, int64_t end) {
    int poll = epoll_create1(EPOLL_CLOEXEC), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct epoll_event events[256], event = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
    epoll_ctl(poll, EPOLL_CTL_ADD, timer, &event);
    for (int i = 0; i < connection_count; i++) {
        event.data.u32 = (uint32_t)i;
        epoll_ctl(poll, EPOLL_CTL_ADD, connections[i].socket, &event);
    }
    size_t sent = 0;
    for (;;) {
        int64_t due = dispatch(interval, limit, end, &sent);
        bool over = sent == limit || (interval <= 0 && now() >= end);
        if (over && idle_count == connection_count) return;
        if (now() > end + (int64_t)PATIENCE * SECOND)
            fail("requests were not answered within %d s of the end", PATIENCE);
        struct itimerspec wait = {.it_value = {due / SECOND, due % SECOND}};
        timerfd_settime(timer, TFD_TIMER_ABSTIME, &wait, NULL);
        int count = epoll_wait(poll, events, 256, 1000);
        for (int i = 0; i < count; i++) {
            uint64_t expirations;
            uint32_t index = events[i].data.u32;
            if (index == UINT32_MAX) (void)!read(timer, &expirations, sizeof expirations);
            else if (receive(&connections[index])) finish((int)index);
        }
    }
}

int main(int count, char **arguments) {
    double rate = 0, seconds = 10, warmup = 0;
    size_t requests = SIZE_MAX;
    for (int option; (option = getopt(count, arguments, "c:r:d:w:n:")) != -1;) {
        switch (option) {
        case 'c': connection_count = atoi(optarg); break;
        case 'r': rate = atof(optarg); break;
        case 'd': seconds = atof(optarg); break;
        case 'w': warmup = atof(optarg); break;
        case 'n': requests = strtoull(optarg, NULL, 10); break;
        default: fail("see the beginning of the source for the options");
        }
    }
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (count - optind != 3 || connection_count < 1 || inet_pton(AF_INET, arguments[optind], &address.sin_addr) != 1)
        fail("usage: open [-c connections] [-r rate] [-d seconds] [-w seconds] [-n requests] IPv4 port path");
    address.sin_port = htons((uint16_t)atoi(arguments[optind + 1]));
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%s\r\nAccept: */*\r\n\r\n",
                          arguments[optind + 2], arguments[optind], arguments[optind + 1]);
    if (length >= (int)sizeof request) fail("the path is too long");
    request_length = (size_t)length;
    connections = calloc((size_t)connection_count, sizeof *connections);
    idle = calloc((size_t)connection_count, sizeof *idle);
    if (!connections || !idle) fail("no memory");
    for (int i = 0; i < connection_count; i++) {
        connections[i].socket = connect_to(&address);
        put_idle(i);
    }
    begin = now();
    measured_from = begin + (int64_t)(warmup * SECOND);
    if (rate > 0) requests = (size_t)((warmup + seconds) * rate);
    run(rate > 0 ? SECOND / rate : 0, requests, measured_from + (int64_t)(seconds * SECOND));
    print();
}
