#define _GNU_SOURCE
#include "CHiredis.h"

#include <errno.h>
#include <fcntl.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#if defined(__has_include)
#if __has_include(<hiredis/hiredis_ssl.h>)
#define MEDLEY_REDIS_TLS 1
#include <hiredis/hiredis_ssl.h>
#endif
#endif

enum {
    // What may stand in hiredis's buffer beyond one reply: its framing, and the next replies of one read.
    BUFFER_SLACK = 64 << 10,
    // hiredis reads 16 KiB at a time; a large reply is read on without asking the poller, up to this many times.
    READS_IN_A_ROW = 16,
};

struct medley_redis {
    redisAsyncContext *context;  // null once hiredis has freed it
    redisReplyObjectFunctions *defaults;
    medley_redis_limits limits;
    medley_redis_callbacks callbacks;
    size_t owed;     // replies that have not begun
    size_t taken;    // bytes of the reply that is being read
    int isSubscribed;
    char *channel;
    size_t channelLength;
    medley_redis_end end;
    char detail[160];
#ifdef MEDLEY_REDIS_TLS
    redisSSLContext *tls;
#endif
};

static void note(medley_redis *redis, medley_redis_end end, const char *detail) {
    if (redis->end != MEDLEY_REDIS_OPEN) return;
    redis->end = end;
    snprintf(redis->detail, sizeof redis->detail, "%s", detail ? detail : "");
}

// MARK: What is taken of a server
//
// hiredis calls these for every object of a reply. Null ends the connection with an error of hiredis's, in good order.

static void *refuse(medley_redis *redis, medley_redis_end end, const char *detail) {
    note(redis, end, detail);
    return NULL;
}

/// Whether a reply may begin with this object.
static int mayBegin(medley_redis *redis, const redisReadTask *task, size_t elements) {
    if (task->parent) return 1;
    redis->taken = 0;
    if (redis->owed > 0) {
        redis->owed--;
        return 1;
    }
    // hiredis itself ends the connection upon an error that nobody has asked for.
    if (task->type == REDIS_REPLY_ERROR) return 1;
    return redis->isSubscribed && task->type == REDIS_REPLY_ARRAY && elements == 3;
}

/// Whether an object may stand at its place in what comes to a subscriber: `message channel bytes`, or
/// `subscribe channel count`.
static int fitsMessage(medley_redis *redis, const redisReadTask *task, const char *bytes, size_t length) {
    if (!redis->isSubscribed || redis->owed > 0 || !task->parent) return 1;
    if (task->parent->parent) return 0;
    switch (task->idx) {
    case 0:
        return bytes && task->type == REDIS_REPLY_STRING &&
               ((length == 7 && !memcmp(bytes, "message", 7)) || (length == 9 && !memcmp(bytes, "subscribe", 9)));
    case 1:
        return bytes && task->type == REDIS_REPLY_STRING && length == redis->channelLength &&
               !memcmp(bytes, redis->channel, length);
    default:
        return (bytes && task->type == REDIS_REPLY_STRING) || (!bytes && task->type == REDIS_REPLY_INTEGER);
    }
}

static void *createString(const redisReadTask *task, char *bytes, size_t length) {
    medley_redis *redis = task->privdata;
    if (task->type != REDIS_REPLY_STRING && task->type != REDIS_REPLY_STATUS && task->type != REDIS_REPLY_ERROR)
        return refuse(redis, MEDLEY_REDIS_GARBAGE, "a reply of RESP3");
    if (!mayBegin(redis, task, 0) || !fitsMessage(redis, task, bytes, length))
        return refuse(redis, MEDLEY_REDIS_GARBAGE, "a reply that nobody asked for");
    if (length > redis->limits.bytes - redis->taken) return refuse(redis, MEDLEY_REDIS_TOO_LARGE, "a reply too large");
    redis->taken += length;
    return redis->defaults->createString(task, bytes, length);
}

#if HIREDIS_MAJOR >= 1
static void *createArray(const redisReadTask *task, size_t elements) {
#else
static void *createArray(const redisReadTask *task, int announced) {
    size_t elements = announced < 0 ? 0 : (size_t)announced;
#endif
    medley_redis *redis = task->privdata;
    if (task->type != REDIS_REPLY_ARRAY) return refuse(redis, MEDLEY_REDIS_GARBAGE, "a reply of RESP3");
    if (!mayBegin(redis, task, elements) || !fitsMessage(redis, task, NULL, 0))
        return refuse(redis, MEDLEY_REDIS_GARBAGE, "a reply that nobody asked for");
    // An element takes memory for itself besides its bytes.
    size_t cost = elements > redis->limits.elements ? 0 : elements * sizeof(redisReply);
    if (elements > redis->limits.elements || cost > redis->limits.bytes - redis->taken)
        return refuse(redis, MEDLEY_REDIS_TOO_LARGE, "a reply of too many elements");
    redis->taken += cost;
    return redis->defaults->createArray(task, elements);
}

static void *createInteger(const redisReadTask *task, long long value) {
    medley_redis *redis = task->privdata;
    if (!mayBegin(redis, task, 0) || !fitsMessage(redis, task, NULL, 0))
        return refuse(redis, MEDLEY_REDIS_GARBAGE, "a reply that nobody asked for");
    return redis->defaults->createInteger(task, value);
}

static void *createNil(const redisReadTask *task) {
    medley_redis *redis = task->privdata;
    if (!mayBegin(redis, task, 0) || (redis->isSubscribed && redis->owed == 0 && task->parent))
        return refuse(redis, MEDLEY_REDIS_GARBAGE, "a reply that nobody asked for");
    return redis->defaults->createNil(task);
}

static void freeObject(void *object) {
    freeReplyObject(object);
}

#if HIREDIS_MAJOR >= 1
static void *createDouble(const redisReadTask *task, double value, char *bytes, size_t length) {
    (void)value, (void)bytes, (void)length;
    return refuse(task->privdata, MEDLEY_REDIS_GARBAGE, "a reply of RESP3");
}

static void *createBool(const redisReadTask *task, int value) {
    (void)value;
    return refuse(task->privdata, MEDLEY_REDIS_GARBAGE, "a reply of RESP3");
}
#endif

static redisReplyObjectFunctions guarded = {
    .createString = createString,
    .createArray = createArray,
    .createInteger = createInteger,
    .createNil = createNil,
    .freeObject = freeObject,
#if HIREDIS_MAJOR >= 1
    .createDouble = createDouble,
    .createBool = createBool,
#endif
};

// MARK: What hiredis calls

static void wantsRead(void *data) {
    (void)data;  // always watched
}

static void wantsWrite(void *data) {
    medley_redis *redis = data;
    redis->callbacks.unsent(redis->callbacks.context, 1);
}

static void wantsNoWrite(void *data) {
    medley_redis *redis = data;
    redis->callbacks.unsent(redis->callbacks.context, 0);
}

/// hiredis frees its context next, and closes the descriptor.
static void cleanUp(void *data) {
    medley_redis *redis = data;
    redisAsyncContext *context = redis->context;
    if (!context) return;
    switch (context->c.err) {
    case 0: note(redis, MEDLEY_REDIS_CLOSED, "closed"); break;
    case REDIS_ERR_PROTOCOL: note(redis, MEDLEY_REDIS_GARBAGE, context->c.errstr); break;
    case REDIS_ERR_OTHER: note(redis, MEDLEY_REDIS_REFUSED, context->c.errstr); break;
    default: note(redis, MEDLEY_REDIS_LOST, context->c.errstr); break;
    }
    redis->context = NULL;
    redis->callbacks.released(redis->callbacks.context, context->c.fd);
}

static void onConnect(const redisAsyncContext *context, int status) {
    medley_redis *redis = context->data;
    if (status == REDIS_OK) redis->callbacks.connected(redis->callbacks.context);
}

static void onReply(redisAsyncContext *context, void *reply, void *unused) {
    (void)unused;
    medley_redis *redis = context->data;
    // Null when the connection ends: `released` tells of it.
    if (reply) redis->callbacks.reply(redis->callbacks.context, reply);
}

static void onMessage(redisAsyncContext *context, void *object, void *unused) {
    (void)unused;
    medley_redis *redis = context->data;
    redisReply *reply = object;
    if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != 3) return;
    const redisReply *bytes = reply->element[2];
    if (bytes && bytes->type == REDIS_REPLY_STRING)
        redis->callbacks.message(redis->callbacks.context, bytes->str, bytes->len);
    else
        redis->callbacks.message(redis->callbacks.context, NULL, 0);
}

// MARK: Life

static medley_redis *begin(redisAsyncContext *context, medley_redis_limits limits, medley_redis_callbacks callbacks,
                           int isTCP) {
    medley_redis *redis = calloc(1, sizeof *redis);
    if (!context || !redis) {
        if (context) redisAsyncFree(context);
        free(redis);
        return NULL;
    }
    redis->limits = limits;
    redis->callbacks = callbacks;
    if (context->err) {
        note(redis, MEDLEY_REDIS_LOST, context->errstr);
        redisAsyncFree(context);
        return redis;
    }
    redis->context = context;
    context->data = redis;
    redis->defaults = context->c.reader->fn;
    context->c.reader->fn = &guarded;
    context->c.reader->privdata = redis;
    context->ev.data = redis;
    context->ev.addRead = wantsRead;
    context->ev.addWrite = wantsWrite;
    context->ev.delWrite = wantsNoWrite;
    context->ev.cleanup = cleanUp;
    int descriptor = context->c.fd;
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    if (isTCP) {
        const int on = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
#ifdef TCP_KEEPIDLE
        const int idle = 15, interval = 5, probes = 3;
        setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
        setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
        setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
#endif
    }
    redisAsyncSetConnectCallback(context, onConnect);
    return redis;
}

medley_redis *medley_redis_connect(const char *address, int port, medley_redis_limits limits,
                                   medley_redis_callbacks callbacks) {
    return begin(redisAsyncConnect(address, port), limits, callbacks, 1);
}

medley_redis *medley_redis_connect_unix(const char *path, medley_redis_limits limits,
                                        medley_redis_callbacks callbacks) {
    return begin(redisAsyncConnectUnix(path), limits, callbacks, 0);
}

int medley_redis_has_tls(void) {
#ifdef MEDLEY_REDIS_TLS
    return 1;
#else
    return 0;
#endif
}

int medley_redis_start_tls(medley_redis *redis, const char *authorities, const char *name) {
#ifdef MEDLEY_REDIS_TLS
    if (!redis->context || redis->tls) return 0;
    static int isReady = 0;
    if (!__atomic_exchange_n(&isReady, 1, __ATOMIC_ACQ_REL)) redisInitOpenSSL();
    redisSSLContextError error = REDIS_SSL_CTX_NONE;
    redis->tls = redisCreateSSLContext(authorities, authorities ? NULL : "/etc/ssl/certs", NULL, NULL, name, &error);
    if (!redis->tls) {
        note(redis, MEDLEY_REDIS_LOST, redisSSLContextGetError(error));
        return 0;
    }
    if (redisInitiateSSLWithContext(&redis->context->c, redis->tls) == REDIS_OK) return 1;
    note(redis, MEDLEY_REDIS_LOST, redis->context->c.errstr);
    return 0;
#else
    (void)authorities, (void)name;
    note(redis, MEDLEY_REDIS_LOST, "hiredis has no TLS");
    return 0;
#endif
}

int medley_redis_descriptor(const medley_redis *redis) {
    return redis->context ? redis->context->c.fd : -1;
}

void medley_redis_readable(medley_redis *redis) {
    for (int count = 0; redis->context && count < READS_IN_A_ROW; count++) {
        redisReader *reader = redis->context->c.reader;
        size_t before = reader->len - reader->pos;
        redisAsyncHandleRead(redis->context);
        if (!redis->context) return;
        size_t after = reader->len - reader->pos;
        if (after > redis->limits.bytes + BUFFER_SLACK) {
            note(redis, MEDLEY_REDIS_TOO_LARGE, "a reply too large");
            redisAsyncFree(redis->context);
            return;
        }
        // Whole replies, or nothing new.
        if (after == 0 || after == before) return;
    }
}

void medley_redis_writable(medley_redis *redis) {
    if (redis->context) redisAsyncHandleWrite(redis->context);
}

int medley_redis_send(medley_redis *redis, const char *command, size_t length) {
    if (!redis->context || redis->isSubscribed) return 0;
    if (redisAsyncFormattedCommand(redis->context, onReply, NULL, command, length) != REDIS_OK) return 0;
    redis->owed++;
    return 1;
}

int medley_redis_subscribe(medley_redis *redis, const char *channel, size_t length) {
    if (!redis->context || redis->isSubscribed || redis->owed > 0 || length == 0) return 0;
    redis->channel = malloc(length);
    if (!redis->channel) return 0;
    memcpy(redis->channel, channel, length);
    redis->channelLength = length;
    redis->isSubscribed = 1;
    const char *arguments[] = {"SUBSCRIBE", channel};
    const size_t lengths[] = {9, length};
    return redisAsyncCommandArgv(redis->context, onMessage, NULL, 2, arguments, lengths) == REDIS_OK;
}

size_t medley_redis_unsent(const medley_redis *redis) {
    return redis->context ? sdslen(redis->context->c.obuf) : 0;
}

medley_redis_end medley_redis_why(const medley_redis *redis) {
    return redis->end;
}

const char *medley_redis_detail(const medley_redis *redis) {
    return redis->detail;
}

void medley_redis_free(medley_redis *redis) {
    if (redis->context) {
        note(redis, MEDLEY_REDIS_CLOSED, "closed");
        redisAsyncFree(redis->context);
    }
#ifdef MEDLEY_REDIS_TLS
    if (redis->tls) redisFreeSSLContext(redis->tls);
#endif
    free(redis->channel);
    free(redis);
}

// MARK: Replies

medley_reply_kind medley_reply_type(const medley_reply *reply) {
    switch (reply->type) {
    case REDIS_REPLY_STRING: return MEDLEY_REPLY_STRING;
    case REDIS_REPLY_STATUS: return MEDLEY_REPLY_STATUS;
    case REDIS_REPLY_ERROR: return MEDLEY_REPLY_ERROR;
    case REDIS_REPLY_INTEGER: return MEDLEY_REPLY_INTEGER;
    case REDIS_REPLY_ARRAY: return MEDLEY_REPLY_ARRAY;
    default: return MEDLEY_REPLY_NIL;
    }
}

int64_t medley_reply_integer(const medley_reply *reply) {
    return reply->integer;
}

const char *medley_reply_bytes(const medley_reply *reply, size_t *count) {
    *count = reply->str ? reply->len : 0;
    return reply->str;
}

size_t medley_reply_count(const medley_reply *reply) {
    return reply->type == REDIS_REPLY_ARRAY ? reply->elements : 0;
}

const medley_reply *medley_reply_element(const medley_reply *reply, size_t index) {
    return index < medley_reply_count(reply) ? reply->element[index] : NULL;
}
