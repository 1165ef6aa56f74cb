#ifndef MEDLEY_CCRYPT_H
#define MEDLEY_CCRYPT_H

// crypt(3) of libxcrypt: bcrypt, SHA-512 and yescrypt, as htpasswd and mkpasswd write them.

/// Whether a password has this hash. Constant time in the hash's text; as slow as the hash was made to be.
/// Both strings end with NUL. False, too, where the hash is of no method that the library knows.
int medley_password_matches(const char *password, const char *hash);

#endif
