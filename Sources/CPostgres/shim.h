#include <libpq-fe.h>
// A COPY is read past libpq, and so through libpq's own SSL object where the connection is encrypted.
#include <openssl/err.h>
#include <openssl/ssl.h>
