// What Swift cannot call by itself: libcurl's variadic functions, a thread-local, mallopt and epoll's flags.
// Every function is a typed, one-line wrapper; decisions are made in CurlTransport.

#ifndef MEDLEY_CCURL_H
#define MEDLEY_CCURL_H

#define CURL_DISABLE_DEPRECATION 1
#include <curl/curl.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#endif

typedef size_t (*medley_data_callback)(char *bytes, size_t size, size_t count, void *context);
typedef int (*medley_prerequest_callback)(void *context, char *remote, char *local, int remotePort, int localPort);
typedef curl_socket_t (*medley_open_socket_callback)(void *context, curlsocktype purpose,
                                                     struct curl_sockaddr *address);
typedef int (*medley_close_socket_callback)(void *context, curl_socket_t socket);
typedef int (*medley_socket_callback)(CURL *easy, curl_socket_t socket, int what, void *context, void *socketContext);
typedef int (*medley_timer_callback)(CURLM *multi, long milliseconds, void *context);

// curl_easy_setopt, by the type of its argument.
CURLcode medley_easy_set_long(CURL *easy, CURLoption option, long value);
CURLcode medley_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value);
CURLcode medley_easy_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode medley_easy_set_pointer(CURL *easy, CURLoption option, const void *value);
CURLcode medley_easy_set_data_callback(CURL *easy, CURLoption option, medley_data_callback callback);
CURLcode medley_easy_set_prerequest(CURL *easy, medley_prerequest_callback callback, void *context);
CURLcode medley_easy_set_sockets(CURL *easy, medley_open_socket_callback open, medley_close_socket_callback close,
                                 void *context);
/// Allows http and https alone, for the URL and for redirects. The bit mask costs less than the newer string.
CURLcode medley_easy_set_http_only(CURL *easy);

// curl_easy_getinfo, by the type of its result. Zero or null when libcurl has no answer.
long medley_easy_get_long(CURL *easy, CURLINFO info);
int64_t medley_easy_get_offset(CURL *easy, CURLINFO info);
const char *medley_easy_get_string(CURL *easy, CURLINFO info);
void *medley_easy_get_private(CURL *easy);

// curl_multi_setopt.
CURLMcode medley_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode medley_multi_set_callbacks(CURLM *multi, medley_socket_callback socket, medley_timer_callback timer,
                                     void *context);

/// The next transfer that has ended, or null; its result goes to `result`.
CURL *medley_multi_next_done(CURLM *multi, CURLcode *result);

/// The path of the CA bundle that libcurl was built with, or null.
const char *medley_default_ca_file(void);

/// The loop whose thread this is, or null. Never inlined, so that no thread-local address can be kept across a
/// suspension point, after which a Swift task may run on another thread.
void *medley_current_loop(void);
void medley_set_current_loop(void *loop);

/// Keeps freed memory in the process up to `bytes`, and serves requests up to that size, 1 MiB at most, from the heap
/// rather than by a mapping of its own. Does nothing where the C library has no mallopt.
void medley_keep_freed_memory(size_t bytes);

/// Makes the calling thread go behind the others where cores are few. Does nothing but on Linux.
void medley_lower_priority(void);

/// Names the calling thread, at most 15 bytes.
void medley_name_thread(const char *name);

#endif
