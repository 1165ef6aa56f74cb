// The least that fetching over libcurl costs: composites that fetch their URLs at once and do nothing with what comes.
//
//   curl-floor SECONDS COMPOSITES URL...
//
// keeps COMPOSITES of them in flight, each starting anew as soon as its last URL is there, for SECONDS after a short
// warm-up, and prints how many were finished meanwhile and what processor time this process took for them, in seconds.
//
// It drives libcurl as Medley does: curl_multi_socket_action over epoll, sockets that stay in epoll between transfers,
// easy handles that are reset and set anew for each transfer, memory that is kept. It leaves out what makes a gateway:
// nothing of the body or the headers is kept, limited, or looked at but the status.
#include <curl/curl.h>
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SOCKETS = 65536, EVENTS = 512, TIMEOUT_MS = 5000 };
static const double warm_up = 0.3;

struct transfer {
    CURL *easy;
    const char *url;
    struct composite *of;
    size_t received;
};

struct composite {
    struct transfer *transfers;
    int pending;
};

// What a descriptor stands for. libcurl closes pooled sockets without telling its socket callback, and the kernel gives
// the same number out again: both callbacks below void the slot.
struct slot {
    uint32_t watched; // events that epoll watches for; 0: it is not in epoll
    int active;       // libcurl wants to hear of it at present
};

static CURLM *multi;
static int poller;
static struct slot slots[SOCKETS];
static double deadline = -1; // of libcurl's timer; below 0: none
static int url_count;
static long long finished, bytes;

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "curl-floor: %s: %s\n", what, detail);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static size_t receive(char *data, size_t size, size_t count, void *context) {
    (void)data;
    ((struct transfer *)context)->received += size * count;
    return size * count;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context, (void)purpose;
    int descriptor = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (descriptor >= SOCKETS) fail("socket", "too many");
    if (descriptor >= 0) slots[descriptor] = (struct slot){0, 0};
    return descriptor;
}

static int close_socket(void *context, curl_socket_t descriptor) {
    (void)context;
    slots[descriptor] = (struct slot){0, 0};
    return close(descriptor);
}

static int want(CURL *easy, curl_socket_t descriptor, int what, void *context, void *data) {
    (void)easy, (void)context, (void)data;
    struct slot *slot = &slots[descriptor];
    slot->active = what != CURL_POLL_REMOVE;
    if (!slot->active) return 0; // it stays in epoll
    uint32_t events = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0);
    if (slot->watched == events) return 0;
    struct epoll_event event = {.events = events, .data.fd = descriptor};
    int operation = slot->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(poller, operation, descriptor, &event)) fail("epoll_ctl", strerror(errno));
    slot->watched = events;
    return 0;
}

static int set_timer(CURLM *of, long milliseconds, void *context) {
    (void)of, (void)context;
    deadline = milliseconds < 0 ? -1 : now() + (double)milliseconds / 1e3;
    return 0;
}

static void start(struct transfer *transfer) {
    CURL *easy = transfer->easy;
    // A handle that is never reset fails after its fifth retry; setting all options again costs less than 1 µs.
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, transfer->url);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    transfer->received = 0;
    CURLMcode code = curl_multi_add_handle(multi, easy);
    if (code != CURLM_OK) fail("curl_multi_add_handle", curl_multi_strerror(code));
}

static void begin(struct composite *composite) {
    composite->pending = url_count;
    for (int i = 0; i < url_count; i++) start(&composite->transfers[i]);
}

static void finish(CURL *easy, CURLcode result) {
    struct transfer *transfer = NULL;
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (result != CURLE_OK) fail(transfer->url, curl_easy_strerror(result));
    if (status != 200 || transfer->received == 0) fail(transfer->url, "not the reply that was expected");
    bytes += (long long)transfer->received;
    curl_multi_remove_handle(multi, easy);
    if (--transfer->of->pending == 0) {
        finished++;
        begin(transfer->of);
    }
}

static void act(curl_socket_t descriptor, int what) {
    int running = 0;
    CURLMcode code = curl_multi_socket_action(multi, descriptor, what, &running);
    if (code != CURLM_OK) fail("curl_multi_socket_action", curl_multi_strerror(code));
}

static void report(struct epoll_event *event) {
    int descriptor = event->data.fd;
    struct slot *slot = &slots[descriptor];
    if (!slot->active) { // the origin has closed an idle connection
        if (slot->watched) epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, NULL);
        slot->watched = 0;
        return;
    }
    int what = (event->events & EPOLLIN ? CURL_CSELECT_IN : 0) | (event->events & EPOLLOUT ? CURL_CSELECT_OUT : 0);
    // Told of an error alone libcurl would fail at once; reading, it finds out what it was.
    if (event->events & (EPOLLERR | EPOLLHUP)) what |= CURL_CSELECT_IN | CURL_CSELECT_OUT;
    act(descriptor, what);
}

static void turn(void) {
    static struct epoll_event events[EVENTS];
    int wait = 100;
    if (deadline >= 0) {
        double left = (deadline - now()) * 1e3;
        wait = left <= 0 ? 0 : left < wait ? (int)left + 1 : wait;
    }
    int count = epoll_wait(poller, events, EVENTS, wait);
    for (int i = 0; i < count; i++) report(&events[i]);
    if (deadline >= 0 && now() >= deadline) {
        deadline = -1;
        act(CURL_SOCKET_TIMEOUT, 0);
    }
    int remaining = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &remaining)))
        if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result);
}

static void run_for(double seconds) {
    double end = now() + seconds;
    while (now() < end) turn();
}

static double of(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv) {
    double seconds = argc > 3 ? atof(argv[1]) : 0;
    int count = argc > 3 ? atoi(argv[2]) : 0;
    url_count = argc - 3;
    if (seconds <= 0 || count < 1) fail("usage", "curl-floor SECONDS COMPOSITES URL...");

    signal(SIGPIPE, SIG_IGN);
    // Memory that was freed is kept, instead of being given back to the system and faulted in again.
    mallopt(M_TRIM_THRESHOLD, 128 << 20);
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    poller = epoll_create1(EPOLL_CLOEXEC);
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, want);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
    // More than the connections in use at the peak, or libcurl closes some after each transfer.
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 4096L);

    struct composite *composites = calloc((size_t)count, sizeof *composites);
    for (int i = 0; i < count; i++) {
        composites[i].transfers = calloc((size_t)url_count, sizeof *composites[i].transfers);
        for (int j = 0; j < url_count; j++)
            composites[i].transfers[j] = (struct transfer){curl_easy_init(), argv[j + 3], &composites[i], 0};
        begin(&composites[i]);
    }

    run_for(warm_up);
    finished = bytes = 0;
    struct rusage before, after;
    double started = now();
    getrusage(RUSAGE_SELF, &before);
    run_for(seconds);
    getrusage(RUSAGE_SELF, &after);
    printf("{\"composites\": %lld, \"bytes\": %lld, \"seconds\": %.6f, \"user\": %.6f, \"system\": %.6f}\n", finished,
           bytes, now() - started, of(after.ru_utime) - of(before.ru_utime),
           of(after.ru_stime) - of(before.ru_stime));
    return 0;
}
