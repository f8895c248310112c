/* A line to a store: every byte takes a while and goes no faster than the line allows; requests are counted by verb.

       line LISTEN_PORT TARGET_PORT DELAY_MS BYTES_PER_SECOND

   Listens on 127.0.0.1 (port 0: a free one), prints "PORT", and passes every connection on to TARGET_PORT. A request and its answer
   take DELAY_MS together, half of it each way, and so does the opening of a connection; each direction of the whole line passes
   BYTES_PER_SECOND at most (0: no limit). For each line on standard input it prints the counts so far as JSON; it ends with its
   standard input. One thread: on two cores the line must take little from what is measured. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 64 << 10, WAITING = 4 << 20, VERBS = 6 };

static const char *const names[VERBS] = {"GET", "PUT", "HEAD", "POST", "DELETE", "other"};
static long counts[VERBS], lists, connections;
static long long passed[2];

/* Bytes on their way, in the order in which they came. */
struct piece {
    struct piece *next;
    int64_t due;
    size_t size, sent;
    char bytes[];
};

/* One direction of a connection. */
struct way {
    int from, to, number;
    struct piece *first, **last;
    size_t waiting;
    int ended, closed;
};

/* Where a client is in its request. */
struct reading {
    char head[16384];
    size_t length;
    long long body;
};

struct connection {
    struct way ways[2]; /* to the store, from the store */
    struct reading reading;
    struct connection *next, *previous;
    int client, target, dead;
    uint32_t armed[2];
};


static struct connection *all;
static int poller;
static int64_t delay, busy[2];
static double rate;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void count(const char *head) {
    int verb = VERBS - 1;
    for (int i = 0; i < VERBS - 1; i++) {
        size_t length = strlen(names[i]);
        if (!strncmp(head, names[i], length) && head[length] == ' ') verb = i;
    }
    counts[verb]++;
    /* A list names the bucket and no object: /bucket?…, or with a list's own word in the query. */
    const char *query = strchr(head, '?'), *line = strstr(head, " HTTP/");
    if (verb == 0 && query && line && query < line) {
        char kept[2048];
        size_t length = (size_t)(line - query) < sizeof kept - 1 ? (size_t)(line - query) : sizeof kept - 1;
        memcpy(kept, query, length);
        kept[length] = 0;
        if (strstr(kept, "list-type=") || strstr(kept, "prefix=") || strstr(kept, "delimiter=")) lists++;
    }
}

/* Follows the requests of a client through its bytes. */
static void follow(struct reading *reading, const char *bytes, size_t size) {
    while (size > 0) {
        if (reading->body > 0) {
            size_t step = (long long)size < reading->body ? size : (size_t)reading->body;
            reading->body -= (long long)step;
            bytes += step;
            size -= step;
            continue;
        }
        if (reading->length + 1 >= sizeof reading->head) reading->length = 0;
        reading->head[reading->length++] = *bytes++;
        size--;
        if (reading->length < 4 || memcmp(reading->head + reading->length - 4, "\r\n\r\n", 4)) continue;
        reading->head[reading->length] = 0;
        count(reading->head);
        char *length = strcasestr(reading->head, "\r\ncontent-length:");
        reading->body = length ? atoll(length + 17) : 0;
        reading->length = 0;
    }
}

static void arm(struct connection *connection) {
    for (int which = 0; which < 2; which++) {
        struct way *out = &connection->ways[which], *in = &connection->ways[1 - which];
        uint32_t wanted = 0;
        if (!out->ended && out->waiting < WAITING) wanted |= EPOLLIN;
        if (in->first && in->first->due <= now()) wanted |= EPOLLOUT;
        if (connection->armed[which] == wanted) continue;
        connection->armed[which] = wanted;
        struct epoll_event event = {.events = wanted, .data.u64 = (uint64_t)(uintptr_t)connection | (uint64_t)which};
        epoll_ctl(poller, EPOLL_CTL_MOD, which ? connection->target : connection->client, &event);
    }
}

static void take(struct connection *connection, int which) {
    struct way *way = &connection->ways[which];
    while (!way->ended && way->waiting < WAITING) {
        struct piece *piece = malloc(sizeof *piece + PIECE);
        ssize_t got = read(way->from, piece->bytes, PIECE);
        if (got <= 0) {
            free(piece);
            if (got < 0 && errno == EAGAIN) return;
            if (got < 0) connection->dead = 1;
            way->ended = 1;
            return;
        }
        if (which == 0) follow(&connection->reading, piece->bytes, (size_t)got);
        int64_t time = now();
        if (rate > 0) {
            if (busy[way->number] < time) busy[way->number] = time;
            busy[way->number] += (int64_t)((double)got / rate * 1e9);
            time = busy[way->number];
        }
        passed[way->number] += got;
        piece->due = time + delay / 2;
        piece->size = (size_t)got;
        piece->sent = 0;
        piece->next = NULL;
        *way->last = piece;
        way->last = &piece->next;
        way->waiting += (size_t)got;
        if (got < PIECE) return;
    }
}

/* Sends what is due; returns when the next piece is, or 0. */
static int64_t give(struct connection *connection, int which) {
    struct way *way = &connection->ways[which];
    int64_t time = now();
    while (way->first) {
        struct piece *piece = way->first;
        if (piece->due > time) return piece->due;
        ssize_t sent = write(way->to, piece->bytes + piece->sent, piece->size - piece->sent);
        if (sent < 0) {
            if (errno != EAGAIN) connection->dead = 1;
            return 0;
        }
        piece->sent += (size_t)sent;
        if (piece->sent < piece->size) return 0;
        way->waiting -= piece->size;
        way->first = piece->next;
        if (!way->first) way->last = &way->first;
        free(piece);
    }
    if (way->ended && !way->closed) {
        shutdown(way->to, SHUT_WR);
        way->closed = 1;
    }
    return 0;
}

static void drop(struct connection *connection) {
    close(connection->client);
    close(connection->target);
    for (int which = 0; which < 2; which++)
        for (struct piece *piece = connection->ways[which].first; piece;) {
            struct piece *next = piece->next;
            free(piece);
            piece = next;
        }
    if (connection->previous) connection->previous->next = connection->next; else all = connection->next;
    if (connection->next) connection->next->previous = connection->previous;
    free(connection);
}

static void welcome(int listener, int port) {
    int client;
    while ((client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        int target = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        if (target < 0 || connect(target, (struct sockaddr *)&address, sizeof address)) {
            close(client);
            if (target >= 0) close(target);
            continue;
        }
        fcntl(target, F_SETFL, O_NONBLOCK);
        setsockopt(target, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct connection *connection = aligned_alloc(64, (sizeof *connection + 63) & ~(size_t)63);
        memset(connection, 0, sizeof *connection);
        connection->client = client;
        connection->target = target;
        connection->ways[0] = (struct way){.from = client, .to = target, .number = 0};
        connection->ways[1] = (struct way){.from = target, .to = client, .number = 1};
        for (int which = 0; which < 2; which++) {
            struct way *way = &connection->ways[which];
            way->last = &way->first;
            struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)(uintptr_t)connection | (uint64_t)which};
            connection->armed[which] = EPOLLIN;
            epoll_ctl(poller, EPOLL_CTL_ADD, way->from, &event);
        }
        /* The opening takes as long as a request: an empty piece in front holds back the first one. */
        struct piece *opening = malloc(sizeof *opening);
        *opening = (struct piece){.due = now() + delay + delay / 2};
        *connection->ways[0].last = opening;
        connection->ways[0].last = &opening->next;
        connection->next = all;
        if (all) all->previous = connection;
        all = connection;
        connections++;
    }
}

static void report(void) {
    char line[4096];
    if (read(0, line, sizeof line) <= 0) exit(0);
    printf("{");
    for (int i = 0; i < VERBS; i++) printf("\"%s\": %ld, ", names[i], counts[i] - (i == 0 ? lists : 0));
    printf("\"LIST\": %ld, \"connections\": %ld, \"sent\": %lld, \"received\": %lld}\n", lists, connections, passed[0], passed[1]);
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc != 5) return 64;
    signal(SIGPIPE, SIG_IGN);
    delay = (int64_t)(atof(argv[3]) * 1e6);
    rate = atof(argv[4]);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1024)) fail("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    event.data.u64 = 1;
    epoll_ctl(poller, EPOLL_CTL_ADD, 0, &event);
    int64_t next = 0;
    for (;;) {
        struct epoll_event events[256];
        int64_t left = next ? next - now() : -1;
        int found;
        if (next) {
            struct timespec wait = {.tv_sec = 0, .tv_nsec = left > 0 ? (left < 999999999 ? left : 999999999) : 0};
            found = epoll_pwait2(poller, events, 256, &wait, NULL);
        } else {
            found = epoll_wait(poller, events, 256, -1);
        }
        for (int i = 0; i < found; i++) {
            uint64_t word = events[i].data.u64;
            if (word == 0) {
                welcome(listener, atoi(argv[2]));
            } else if (word == 1) {
                report();
            } else {
                struct connection *connection = (struct connection *)(uintptr_t)(word & ~(uint64_t)1);
                if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) take(connection, (int)(word & 1));
                if (events[i].events & EPOLLERR) connection->dead = 1;
            }
        }
        next = 0;
        for (struct connection *connection = all, *following; connection; connection = following) {
            following = connection->next;
            for (int which = 0; which < 2; which++) {
                int64_t due = give(connection, which);
                if (due && (!next || due < next)) next = due;
            }
            if (connection->dead || (connection->ways[0].closed && connection->ways[1].closed))
                drop(connection);
            else
                arm(connection);
        }
    }
}
