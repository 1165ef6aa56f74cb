#include "ccrypt.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

int medley_password_matches(const char *password, const char *hash) {
    struct crypt_data *data = calloc(1, sizeof(struct crypt_data));
    if (data == NULL) return 0;
    const char *made = crypt_r(password, hash, data);
    size_t length = strlen(hash);
    unsigned char difference = made == NULL || made[0] == '*' || strlen(made) != length || length == 0;
    if (difference == 0) {
        for (size_t index = 0; index < length; index++) {
            difference |= (unsigned char)(made[index] ^ hash[index]);
        }
    }
    explicit_bzero(data, sizeof(struct crypt_data));
    free(data);
    return difference == 0;
}
