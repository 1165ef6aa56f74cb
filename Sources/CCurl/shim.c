#define _GNU_SOURCE
#define CURL_DISABLE_TYPECHECK 1
#include "CCurl.h"

#include <limits.h>
#include <pthread.h>
#include <sys/resource.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

CURLcode medley_easy_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode medley_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode medley_easy_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode medley_easy_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode medley_easy_set_data_callback(CURL *easy, CURLoption option, medley_data_callback callback) {
    return curl_easy_setopt(easy, option, callback);
}

CURLcode medley_easy_set_prerequest(CURL *easy, medley_prerequest_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
}

CURLcode medley_easy_set_sockets(CURL *easy, medley_open_socket_callback open, medley_close_socket_callback close,
                                 void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, context);
    return code;
}

CURLcode medley_easy_set_http_only(CURL *easy) {
    const long allowed = CURLPROTO_HTTP | CURLPROTO_HTTPS;
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS, allowed);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS, allowed);
}

long medley_easy_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

int64_t medley_easy_get_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? (int64_t)value : 0;
}

const char *medley_easy_get_string(CURL *easy, CURLINFO info) {
    const char *value = NULL;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : NULL;
}

void *medley_easy_get_private(CURL *easy) {
    char *value = NULL;
    return curl_easy_getinfo(easy, CURLINFO_PRIVATE, &value) == CURLE_OK ? value : NULL;
}

CURLMcode medley_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

CURLMcode medley_multi_set_callbacks(CURLM *multi, medley_socket_callback socket, medley_timer_callback timer,
                                     void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return code;
}

CURL *medley_multi_next_done(CURLM *multi, CURLcode *result) {
    int remaining = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &remaining))) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}

const char *medley_default_ca_file(void) {
    curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    return info && info->age >= CURLVERSION_EIGHTH ? info->cainfo : NULL;
}

static _Thread_local void *current_loop;

__attribute__((noinline)) void *medley_current_loop(void) {
    // The barrier keeps the compiler from treating the function as free of effects and merging two calls.
    __asm__ volatile("" ::: "memory");
    return current_loop;
}

__attribute__((noinline)) void medley_set_current_loop(void *loop) {
    __asm__ volatile("" ::: "memory");
    current_loop = loop;
}

void medley_keep_freed_memory(size_t bytes) {
#ifdef __GLIBC__
    const int large = 1 << 20;
    mallopt(M_TRIM_THRESHOLD, bytes > INT_MAX ? INT_MAX : (int)bytes);
    mallopt(M_MMAP_THRESHOLD, bytes > (size_t)large ? large : (int)bytes);
#else
    (void)bytes;
#endif
}

void medley_lower_priority(void) {
#ifdef __linux__
    // Of the calling thread alone: on Linux a nice value belongs to a thread (setpriority(2), "C library differences").
    setpriority(PRIO_PROCESS, 0, 10);
#endif
}

void medley_name_thread(const char *name) {
#ifdef __APPLE__
    pthread_setname_np(name);
#else
    pthread_setname_np(pthread_self(), name);
#endif
}
