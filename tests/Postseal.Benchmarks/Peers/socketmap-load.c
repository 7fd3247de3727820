/* Load for a socketmap server on loopback: one thread, epoll. Every connection keeps DEPTH requests outstanding (or, with --rate, sends at
   a fixed pace), every answer is compared, latencies go into a histogram, and one line of JSON comes out. It always ends by itself.

   usage: socketmap-load --port P [--connections N] [--depth D] [--idle N] [--map NAME] (--keys FILE | --pattern x%06d.example [--first A]
          --count C) [--expect 'OK secure match=mx.{}'] [--requests K] [--seconds S] [--rate R]
   Keys are asked in turn, over and over. Without --seconds it asks K (default: every key once) within at most 60 s; {} in --expect is the key. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 4096, MAX_DEPTH = 128, MAX_KEYS = 2000000, IN_BYTES = 65536, EVENTS = 256, SUB = 64, BUCKETS = 60 * SUB, BACKLOG = 4096 };
enum { OK, NOTFOUND, TEMP, PERM, OTHER, STATUSES };

struct text { const char *bytes; uint32_t length; };
struct sent { uint64_t at; uint32_t key; };
struct connection {
    int fd, outstanding;
    unsigned oldest;
    size_t held;
    struct sent sent[MAX_DEPTH];
    char in[IN_BYTES];
};

static struct text *requests, *expected, expected_by_all;
static uint32_t keys, next_key;
static struct connection *connections[MAX_CONNECTIONS];
static int idle[MAX_CONNECTIONS];
static uint64_t histogram[BUCKETS], statuses[STATUSES], longest, asked, answered, wrong, closed, limit = UINT64_MAX, due[BACKLOG], due_first, due_end, skipped;
static int depth = 1;
static double rate;
static char first_wrong[200];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Log-linear: 64 steps per power of two, so a percentile is off by at most 1.6%. */
static unsigned bucket(uint64_t ns)
{
    if (ns < SUB)
        return (unsigned)ns;
    unsigned power = 63 - (unsigned)__builtin_clzll(ns) - 6;
    return (power + 1) * SUB + (unsigned)((ns >> power) & (SUB - 1));
}

static double percentile(double share)
{
    uint64_t wanted = (uint64_t)(share * (double)answered), seen = 0;
    for (unsigned i = 0; i < BUCKETS; i++)
        if ((seen += histogram[i]) > wanted)
            return i < SUB ? i : (double)((uint64_t)(SUB + i % SUB) << (i / SUB - 1));
    return (double)longest;
}

static struct text keep(const char *bytes, size_t length)
{
    char *copy = malloc(length + 1);
    if (!copy)
        fail("malloc");
    memcpy(copy, bytes, length);
    return (struct text){ copy, (uint32_t)length };
}

static void add_key(const char *key, const char *map, const char *expect)
{
    char payload[700], whole[720], answer[4096];
    const char *hole = expect ? strstr(expect, "{}") : NULL;
    if (keys == MAX_KEYS || strlen(key) > 500 || strlen(map) > 100) {
        fprintf(stderr, "too many keys, or one too long: %s\n", key);
        exit(2);
    }
    int length = snprintf(payload, sizeof payload, "%s %s", map, key);
    length = snprintf(whole, sizeof whole, "%d:%s,", length, payload);
    requests[keys] = keep(whole, (size_t)length);
    if (hole) {
        length = snprintf(answer, sizeof answer, "%.*s%s%s", (int)(hole - expect), expect, key, hole + 2);
        expected[keys] = keep(answer, (size_t)length);
    } else if (expect)
        expected[keys] = expected_by_all;
    keys++;
}

static void read_keys(const char *file, const char *map, const char *expect)
{
    char line[512];
    FILE *in = fopen(file, "r");
    if (!in)
        fail(file);
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\r\n")] = 0;
        if (*line)
            add_key(line, map, expect);
    }
    fclose(in);
}

static void make_keys(const char *pattern, long first, long count, const char *map, const char *expect)
{
    char key[600];
    const char *hole = strstr(pattern, "%06d");
    if (!hole || strlen(pattern) > 400) {
        fprintf(stderr, "--pattern needs %%06d\n");
        exit(2);
    }
    for (long i = first; i < first + count; i++) {
        snprintf(key, sizeof key, "%.*s%06ld%s", (int)(hole - pattern), pattern, i, hole + 4);
        add_key(key, map, expect);
    }
}

static int dial(int port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
        fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void hang_up(struct connection *c)
{
    close(c->fd);
    c->fd = -1;
    closed++;
}

/* Never more than MAX_DEPTH short requests are outstanding, so neither side's socket buffer fills and a blocking send cannot lock up. */
static void ask(struct connection *c, int many, uint64_t at)
{
    char out[MAX_DEPTH * 720];
    size_t length = 0;
    for (; many > 0 && asked < limit; many--, asked++) {
        struct text *request = &requests[next_key];
        c->sent[(c->oldest + (unsigned)c->outstanding++) % MAX_DEPTH] = (struct sent){ at, next_key };
        memcpy(out + length, request->bytes, request->length);
        length += request->length;
        next_key = next_key + 1 == keys ? 0 : next_key + 1;
    }
    if (length > 0 && send(c->fd, out, length, MSG_NOSIGNAL) != (ssize_t)length)
        hang_up(c);
}

static void judge(struct connection *c, const char *payload, size_t length, uint64_t at)
{
    struct sent *sent = &c->sent[c->oldest++ % MAX_DEPTH];
    uint64_t took = at - sent->at;
    c->outstanding--;
    answered++;
    histogram[bucket(took)]++;
    longest = took > longest ? took : longest;
    statuses[!strncmp(payload, "OK ", 3)         ? OK
             : !strncmp(payload, "NOTFOUND ", 9) ? NOTFOUND
             : !strncmp(payload, "TEMP ", 5)     ? TEMP
             : !strncmp(payload, "PERM ", 5)     ? PERM
                                                 : OTHER]++;
    if (!expected || (expected[sent->key].length == length && !memcmp(expected[sent->key].bytes, payload, length)))
        return;
    if (!wrong++) /* to be read by people: what would need escaping in JSON is shown as a dot */
        for (size_t i = 0; i < length && i < sizeof first_wrong - 1; i++)
            first_wrong[i] = payload[i] >= ' ' && payload[i] <= '~' && payload[i] != '"' && payload[i] != '\\' ? payload[i] : '.';
}

/* Takes the whole netstrings that have come; how many there were, or -1 when what came is not one or nobody asked. */
static int take(struct connection *c, uint64_t at)
{
    int found = 0;
    size_t from = 0;
    for (;;) {
        size_t size = 0, i = from;
        while (i < c->held && c->in[i] >= '0' && c->in[i] <= '9' && i - from < 6)
            size = size * 10 + (size_t)(c->in[i++] - '0');
        if (i == c->held || (c->in[i] == ':' && i + 1 + size + 1 > c->held))
            break;
        if (c->in[i] != ':' || c->in[i + 1 + size] != ',' || c->outstanding == 0)
            return -1;
        judge(c, c->in + i + 1, size, at);
        from = i + 1 + size + 1;
        found++;
    }
    memmove(c->in, c->in + from, c->held -= from);
    return found;
}

static void receive(struct connection *c, int asking)
{
    ssize_t got = recv(c->fd, c->in + c->held, sizeof c->in - c->held, MSG_DONTWAIT);
    uint64_t at = now();
    int found;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    c->held += got > 0 ? (size_t)got : 0;
    if (got <= 0 || (found = take(c, at)) < 0)
        hang_up(c);
    else if (asking && !rate)
        ask(c, found, at);
    else if (asking)
        for (; found > 0 && due_first < due_end; found--) /* the wait for a free connection is part of the answer's time */
            ask(c, 1, due[due_first++ % BACKLOG]);
}

static void tick(int timer, int count)
{
    static int turn;
    uint64_t times, at = now();
    if (read(timer, &times, sizeof times) != sizeof times)
        return;
    for (; times > 0; times--) {
        int tried = 0;
        for (; tried < count; tried++) {
            struct connection *c = connections[turn = (turn + 1) % count];
            if (c->fd >= 0 && c->outstanding < depth)
                break;
        }
        if (tried < count)
            ask(connections[turn], 1, at);
        else if (due_end - due_first < BACKLOG)
            due[due_end++ % BACKLOG] = at;
        else
            skipped++;
    }
}

static int start_timer(int epoll)
{
    struct epoll_event add = { .events = EPOLLIN, .data.ptr = NULL };
    long every = (long)(1e9 / rate);
    struct itimerspec pace = { .it_interval = { every / 1000000000, every % 1000000000 }, .it_value = { every / 1000000000, every % 1000000000 } };
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (timer < 0 || timerfd_settime(timer, 0, &pace, NULL) < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &add) < 0)
        fail("timer");
    return timer;
}

/* Runs until every request is answered, or the time is over and half a second more for what is still on its way. */
static uint64_t run(int epoll, int count, double seconds)
{
    const uint64_t start = now(), end = start + (uint64_t)(seconds * 1e9), last = end + 500000000u;
    struct epoll_event events[EVENTS];
    int timer = rate > 0 ? start_timer(epoll) : -1;
    for (int i = 0; i < count && timer < 0; i++)
        ask(connections[i], depth, now());
    for (;;) {
        uint64_t at = now();
        int asking = at < end && asked < limit;
        if (at >= last || closed == (uint64_t)count || (!asking && answered == asked))
            return at - start;
        int ready = epoll_wait(epoll, events, EVENTS, 50);
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (!c && asking)
                tick(timer, count);
            else if (c && c->fd >= 0)
                receive(c, asking);
        }
    }
}

static void report(uint64_t took, int open_idle)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("{\"seconds\":%.4f,\"asked\":%lu,\"answered\":%lu,\"perSecond\":%.1f,\"p50\":%.2f,\"p99\":%.2f,\"max\":%.2f,", (double)took / 1e9, asked, answered,
           (double)answered * 1e9 / (double)took, percentile(0.5) / 1e3, percentile(0.99) / 1e3, (double)longest / 1e3);
    printf("\"ok\":%lu,\"notFound\":%lu,\"temp\":%lu,\"perm\":%lu,\"other\":%lu,\"wrong\":%lu,\"firstWrong\":\"%s\",", statuses[OK], statuses[NOTFOUND],
           statuses[TEMP], statuses[PERM], statuses[OTHER], wrong, first_wrong);
    printf("\"closed\":%lu,\"idleOpen\":%d,\"skipped\":%lu,\"driverSeconds\":%.3f}\n", closed, open_idle, skipped + due_end - due_first,
           (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
}

struct options { int port, connections, idle; long first, count; double seconds; const char *map, *keys, *pattern, *expect; };

static struct options parse(int argc, char **argv)
{
    struct options o = { .connections = 1, .map = "postfix" };
    static const struct option names[] = { { "port", 1, 0, 'p' },    { "connections", 1, 0, 'c' }, { "depth", 1, 0, 'd' },   { "idle", 1, 0, 'i' },     { "map", 1, 0, 'm' },
                                           { "keys", 1, 0, 'k' },    { "pattern", 1, 0, 'P' },     { "first", 1, 0, 'f' },   { "count", 1, 0, 'n' },    { "expect", 1, 0, 'e' },
                                           { "requests", 1, 0, 'r' }, { "seconds", 1, 0, 's' },     { "rate", 1, 0, 'R' },    { 0 } };
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;)
        switch (c) {
        case 'p': o.port = atoi(optarg); break;
        case 'c': o.connections = atoi(optarg); break;
        case 'd': depth = atoi(optarg); break;
        case 'i': o.idle = atoi(optarg); break;
        case 'm': o.map = optarg; break;
        case 'k': o.keys = optarg; break;
        case 'P': o.pattern = optarg; break;
        case 'f': o.first = atol(optarg); break;
        case 'n': o.count = atol(optarg); break;
        case 'e': o.expect = optarg; break;
        case 'r': limit = (uint64_t)atol(optarg); break;
        case 's': o.seconds = atof(optarg); break;
        case 'R': rate = atof(optarg); break;
        default: exit(2);
        }
    if (optind != argc || o.port <= 0 || o.connections < 1 || o.connections > MAX_CONNECTIONS || depth < 1 || depth > MAX_DEPTH || o.idle < 0 || o.idle > MAX_CONNECTIONS
        || !o.keys == !o.pattern || o.seconds < 0 || o.seconds > 600 || rate < 0 || rate > 20000) {
        fprintf(stderr, "socketmap-load: the head of socketmap-load.c says how to use it\n");
        exit(2);
    }
    return o;
}

int main(int argc, char **argv)
{
    struct options o = parse(argc, argv);
    struct rlimit files = { 16384, 16384 };
    setrlimit(RLIMIT_NOFILE, &files);
    requests = calloc(MAX_KEYS, sizeof *requests);
    expected = o.expect ? calloc(MAX_KEYS, sizeof *expected) : NULL;
    if (o.expect)
        expected_by_all = keep(o.expect, strlen(o.expect));
    if (o.keys)
        read_keys(o.keys, o.map, o.expect);
    else
        make_keys(o.pattern, o.first, o.count, o.map, o.expect);
    if (keys == 0)
        return fprintf(stderr, "no keys\n"), 2;
    if (limit == UINT64_MAX && o.seconds == 0)
        limit = keys;

    int epoll = epoll_create1(EPOLL_CLOEXEC), open_idle = 0;
    for (int i = 0; i < o.connections; i++) {
        if (!(connections[i] = calloc(1, sizeof **connections)))
            fail("calloc");
        struct epoll_event add = { .events = EPOLLIN, .data.ptr = connections[i] };
        connections[i]->fd = dial(o.port);
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i]->fd, &add) < 0)
            fail("epoll");
    }
    for (int i = 0; i < o.idle; i++)
        idle[i] = dial(o.port);

    uint64_t took = run(epoll, o.connections, o.seconds > 0 ? o.seconds : 60);
    for (int i = 0; i < o.idle; i++)
        open_idle += recv(idle[i], first_wrong + sizeof first_wrong - 1, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
    report(took, open_idle);
    return 0;
}
