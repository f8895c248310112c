#pragma once

// Debian and its kin keep it in a folder of its own.
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#elif __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <pgsql/libpq-fe.h>
#endif
// A COPY is read past libpq, and so through libpq's own SSL object where the connection is encrypted.
#include <openssl/err.h>
#include <openssl/ssl.h>

/// Why libpq cannot be used, in the system's words; NULL where it can. The first call loads it.
const char *libpq_problem(void);
