#ifndef MEDLEY_SCHEMAS_H
#define MEDLEY_SCHEMAS_H

#include <stddef.h>

/// A file of schemas/, as it was when the program was built. Constant; never freed.
typedef struct {
    const char *_Nonnull name;
    const unsigned char *_Nonnull bytes;
    size_t count;
} medley_schema;

/// How many there are.
size_t medley_schema_count(void);

/// The one of that number, from 0; the last one for a number that is too large.
medley_schema medley_schema_at(size_t index);

#endif
