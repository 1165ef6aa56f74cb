// hiredis's asynchronous API for Swift to call, made safe against what a server may send.
//
// hiredis 0.14 to 1.x takes a server at its word: it allocates what a reply announces, keeps a bulk of any size in its
// buffer, and stops the process by `assert` when a reply comes that nobody waits for, or a message of an unknown shape.
// The reader's object functions, which hiredis lets its user replace, refuse all of that before hiredis sees it.
//
// One connection belongs to one thread. Within a callback only `medley_redis_send`, `medley_redis_subscribe` and the
// functions that ask may be called.

#ifndef MEDLEY_CHIREDIS_H
#define MEDLEY_CHIREDIS_H

#include <stddef.h>
#include <stdint.h>

typedef struct medley_redis medley_redis;
typedef struct redisReply medley_reply;

typedef struct {
    /// Passed to every callback.
    void *context;
    /// hiredis has bytes to send (1), or has sent them all (0).
    void (*unsent)(void *context, int isWaiting);
    /// The connection is established. Failures are told by `released` alone.
    void (*connected)(void *context);
    /// The reply to the first command that has none yet. Valid until the callback returns.
    void (*reply)(void *context, const medley_reply *reply);
    /// A message of the channel subscribed to, valid until the callback returns; null once the subscription holds.
    void (*message)(void *context, const char *bytes, size_t count);
    /// The connection is over, its descriptor about to be closed: commands without a reply get none.
    void (*released)(void *context, int descriptor);
} medley_redis_callbacks;

/// How much of a server's reply is taken.
typedef struct {
    /// Bytes of one reply, all its strings together.
    size_t bytes;
    /// Elements of one array.
    size_t elements;
} medley_redis_limits;

/// Why a connection is over.
typedef enum {
    MEDLEY_REDIS_OPEN = 0,
    MEDLEY_REDIS_CLOSED,     // by `medley_redis_close`
    MEDLEY_REDIS_LOST,       // could not connect, or was cut
    MEDLEY_REDIS_GARBAGE,    // not the protocol
    MEDLEY_REDIS_TOO_LARGE,  // a reply beyond the limits
    MEDLEY_REDIS_REFUSED,    // the server sent an error of its own accord and closed
} medley_redis_end;

/// Begins to connect to a numeric IPv4 or IPv6 address: no name is looked up, nothing blocks. Null when there is no
/// memory; else ask `medley_redis_descriptor`, which is -1 when it failed at once.
medley_redis *medley_redis_connect(const char *address, int port, medley_redis_limits limits,
                                   medley_redis_callbacks callbacks);

/// The same to a Unix socket, of a path of at most 107 bytes.
medley_redis *medley_redis_connect_unix(const char *path, medley_redis_limits limits,
                                        medley_redis_callbacks callbacks);

/// Whether the hiredis that this was compiled with has TLS.
int medley_redis_has_tls(void);

/// Puts TLS on a connection that has just begun. `authorities` is a file of certificates, or null for the system's; `name`
/// is sent as the server's name and may be null. The chain is checked; hiredis does not compare the name. False when it
/// failed: the connection is of no use then.
int medley_redis_start_tls(medley_redis *redis, const char *authorities, const char *name);

/// The descriptor to watch, or -1 when the connection is over.
int medley_redis_descriptor(const medley_redis *redis);

/// The descriptor can be read from, or written to.
void medley_redis_readable(medley_redis *redis);
void medley_redis_writable(medley_redis *redis);

/// Sends a command as the protocol writes it, an array of bulk strings, with a zero behind it that does not count. False
/// when the connection is over.
int medley_redis_send(medley_redis *redis, const char *command, size_t length);

/// Subscribes to a channel, after every reply that is owed has come. From then on only messages come.
int medley_redis_subscribe(medley_redis *redis, const char *channel, size_t length);

/// Bytes that wait to be sent.
size_t medley_redis_unsent(const medley_redis *redis);

medley_redis_end medley_redis_why(const medley_redis *redis);
/// What happened, in hiredis's or the system's words; valid as long as the connection.
const char *medley_redis_detail(const medley_redis *redis);

/// Ends the connection, if it is not over, and frees it. `released` is called within.
void medley_redis_free(medley_redis *redis);

typedef enum {
    MEDLEY_REPLY_NIL,
    MEDLEY_REPLY_INTEGER,
    MEDLEY_REPLY_STRING,
    MEDLEY_REPLY_STATUS,
    MEDLEY_REPLY_ERROR,
    MEDLEY_REPLY_ARRAY,
} medley_reply_kind;

medley_reply_kind medley_reply_type(const medley_reply *reply);
int64_t medley_reply_integer(const medley_reply *reply);
/// The bytes of a string, a status or an error.
const char *medley_reply_bytes(const medley_reply *reply, size_t *count);
size_t medley_reply_count(const medley_reply *reply);
/// Null beyond the last.
const medley_reply *medley_reply_element(const medley_reply *reply, size_t index);

#endif
