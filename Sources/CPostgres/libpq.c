// The functions of libpq that are called here, each of which looks the real one up when it is called first.
//
// libpq brings thirty libraries along (Kerberos, LDAP, two for TLS). Linked in, they took every command, also those that never
// speak to a server, a quarter of their start and some megabytes; and a machine that backs up files alone had to have them.

#include "CPostgres.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void *library;
static const char *problem;

static void load(void) {
    library = dlopen("libpq.so.5", RTLD_LAZY | RTLD_LOCAL);
    if (library) return;
    const char *text = dlerror();
    const char *copy = text ? strdup(text) : NULL;
    problem = copy ? copy : "libpq.so.5 cannot be loaded";
}

const char *libpq_problem(void) {
    pthread_once(&once, load);
    return problem;
}

// In libpq, or in what it was linked with: that is the OpenSSL whose objects it hands out.
static void *find(const char *name) {
    void *function = libpq_problem() ? NULL : dlsym(library, name);
    if (function) return function;
    fprintf(stderr, "%s was called and is not to be had: %s\n", name, problem ? problem : "libpq lacks it");
    abort();
}

// Hidden: libpq's own calls of them must not end here.
#define LATE(result, name, parameters, arguments) \
    __attribute__((visibility("hidden"))) result name parameters { \
        static _Atomic(void *) known; \
        void *function = atomic_load_explicit(&known, memory_order_acquire); \
        if (!function) { \
            function = find(#name); \
            atomic_store_explicit(&known, function, memory_order_release); \
        } \
        return ((__typeof__(&name))function)arguments; \
    }

LATE(PGconn *, PQconnectStartParams, (const char *const *keywords, const char *const *values, int expand), (keywords, values, expand))
LATE(PostgresPollingStatusType, PQconnectPoll, (PGconn * connection), (connection))
LATE(PQconninfoOption *, PQconninfoParse, (const char *text, char **message), (text, message))
LATE(PQconninfoOption *, PQconndefaults, (void), ())
LATE(void, PQconninfoFree, (PQconninfoOption * options), (options))
LATE(int, PQconnectionNeedsPassword, (const PGconn *connection), (connection))
LATE(void, PQfinish, (PGconn * connection), (connection))
LATE(void, PQfreemem, (void *memory), (memory))

LATE(ConnStatusType, PQstatus, (const PGconn *connection), (connection))
LATE(PGTransactionStatusType, PQtransactionStatus, (const PGconn *connection), (connection))
LATE(const char *, PQparameterStatus, (const PGconn *connection, const char *name), (connection, name))
LATE(int, PQserverVersion, (const PGconn *connection), (connection))
LATE(char *, PQerrorMessage, (const PGconn *connection), (connection))
LATE(int, PQsocket, (const PGconn *connection), (connection))
LATE(int, PQsslInUse, (PGconn * connection), (connection))
LATE(void *, PQsslStruct, (PGconn * connection, const char *name), (connection, name))
LATE(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn * connection, PQnoticeProcessor processor, void *argument), (connection, processor, argument))
LATE(int, PQsetnonblocking, (PGconn * connection, int mode), (connection, mode))

LATE(int, PQsendQuery, (PGconn * connection, const char *sql), (connection, sql))
LATE(int, PQsendQueryParams,
     (PGconn * connection, const char *sql, int count, const Oid *types, const char *const *values, const int *lengths,
      const int *formats, int resultFormat),
     (connection, sql, count, types, values, lengths, formats, resultFormat))
LATE(int, PQflush, (PGconn * connection), (connection))
LATE(int, PQconsumeInput, (PGconn * connection), (connection))
LATE(int, PQisBusy, (PGconn * connection), (connection))
LATE(PGnotify *, PQnotifies, (PGconn * connection), (connection))
LATE(PGresult *, PQgetResult, (PGconn * connection), (connection))
LATE(PGcancel *, PQgetCancel, (PGconn * connection), (connection))
LATE(int, PQcancel, (PGcancel * order, char *message, int room), (order, message, room))
LATE(void, PQfreeCancel, (PGcancel * order), (order))

LATE(ExecStatusType, PQresultStatus, (const PGresult *result), (result))
LATE(char *, PQresultErrorMessage, (const PGresult *result), (result))
LATE(char *, PQresultErrorField, (const PGresult *result, int field), (result, field))
LATE(int, PQntuples, (const PGresult *result), (result))
LATE(int, PQnfields, (const PGresult *result), (result))
LATE(char *, PQgetvalue, (const PGresult *result, int row, int column), (result, row, column))
LATE(int, PQgetlength, (const PGresult *result, int row, int column), (result, row, column))
LATE(int, PQgetisnull, (const PGresult *result, int row, int column), (result, row, column))
LATE(void, PQclear, (PGresult * result), (result))

LATE(void, ERR_clear_error, (void), ())
LATE(int, SSL_read, (SSL * session, void *buffer, int count), (session, buffer, count))
LATE(int, SSL_write, (SSL * session, const void *buffer, int count), (session, buffer, count))
LATE(int, SSL_get_error, (const SSL *session, int result), (session, result))
