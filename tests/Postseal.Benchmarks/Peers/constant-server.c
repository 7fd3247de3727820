/* The least a socketmap server can do: one thread, epoll, one recv and one send per wake-up, and for every netstring the same 79 bytes.
   It looks nothing up, so what it reaches is what this machine's kernel and load driver allow; the bars of docs/performance.md are
   fractions of it. usage: constant-server PORT (loopback only; ends at a signal). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_FD = 65536, IN_BYTES = 16384, REPLY_BYTES = 79, MAX_LENGTH_DIGITS = 5, EVENTS = 256 };

/* A connection: the bytes of a netstring that has not ended yet, and how many bytes of replies the kernel would not take yet. */
struct connection {
    size_t held;
    size_t unsent;
    char in[IN_BYTES];
};

static struct connection *connections[MAX_FD];
static char replies[(IN_BYTES / 4 + 1) * REPLY_BYTES]; /* the shortest netstring has 3 bytes, ours never fewer than 4 */

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void drop(int fd)
{
    free(connections[fd]);
    connections[fd] = NULL;
    close(fd);
}

/* How many whole netstrings stand at the start of the buffer, and in *used how long they are together; -1 when it is not one. */
static int count(const char *in, size_t length, size_t *used)
{
    int found = 0;
    size_t at = 0;
    *used = 0;
    for (;;) {
        size_t size = 0, i = at;
        while (i < length && in[i] >= '0' && in[i] <= '9' && i - at < MAX_LENGTH_DIGITS)
            size = size * 10 + (size_t)(in[i++] - '0');
        if (i == length)
            return found;
        if (in[i] != ':' || i == at || size > IN_BYTES - MAX_LENGTH_DIGITS - 2)
            return -1;
        if (i + 1 + size + 1 > length)
            return found;
        if (in[i + 1 + size] != ',')
            return -1;
        *used = at = i + 1 + size + 1;
        found++;
    }
}

/* Sends what is owed. Replies are all alike, so only their number has to be kept: the offset follows from it. */
static int flush(int epoll, int fd, struct connection *c, size_t owed)
{
    int waited = c->unsent > 0;
    c->unsent += owed;
    while (c->unsent > 0) {
        size_t skip = (REPLY_BYTES - c->unsent % REPLY_BYTES) % REPLY_BYTES;
        size_t most = sizeof replies - skip;
        ssize_t sent = send(fd, replies + skip, c->unsent < most ? c->unsent : most, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno != EAGAIN)
            return -1;
        if (sent < 0)
            break;
        c->unsent -= (size_t)sent;
    }
    if (waited != (c->unsent > 0)) { /* while it does not read its replies, a client's requests wait too */
        struct epoll_event change = { .events = c->unsent > 0 ? EPOLLOUT : EPOLLIN, .data.fd = fd };
        return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &change);
    }
    return 0;
}

static int serve(int epoll, int fd, struct connection *c)
{
    ssize_t got = recv(fd, c->in + c->held, sizeof c->in - c->held, 0);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    if (got == 0)
        return -1;
    size_t length = c->held + (size_t)got, used;
    int requests = count(c->in, length, &used);
    if (requests < 0)
        return -1;
    c->held = length - used;
    if (c->held > 0 && used > 0)
        memmove(c->in, c->in + used, c->held);
    return flush(epoll, fd, c, (size_t)requests * REPLY_BYTES);
}

static void greet(int epoll, int listener)
{
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct epoll_event add = { .events = EPOLLIN, .data.fd = fd };
        if (fd >= MAX_FD || !(connections[fd] = calloc(1, sizeof(struct connection)))) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &add) < 0)
            drop(fd);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct epoll_event events[EVENTS], first = { .events = EPOLLIN };
    int on = 1, epoll = epoll_create1(EPOLL_CLOEXEC);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (argc != 2 || atoi(argv[1]) <= 0) {
        fprintf(stderr, "usage: constant-server PORT\n");
        return 2;
    }
    address.sin_port = htons((uint16_t)atoi(argv[1]));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1024) < 0)
        die("listen");
    first.data.fd = listener;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &first) < 0)
        die("epoll");

    /* "75:" + 75 bytes + ",": the length of a usual answer. */
    for (size_t i = 0; i + REPLY_BYTES <= sizeof replies; i += REPLY_BYTES)
        memcpy(replies + i, "75:OK secure match=mx10.inbound-servers.d000000.bench.test servername=hostname,", REPLY_BYTES);

    for (;;) {
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        if (ready < 0 && errno != EINTR)
            die("epoll_wait");
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener)
                greet(epoll, listener);
            else if ((events[i].events & EPOLLOUT ? flush(epoll, fd, connections[fd], 0) : serve(epoll, fd, connections[fd])) < 0)
                drop(fd);
        }
    }
}
