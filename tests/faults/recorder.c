/* Loaded before libc (LD_PRELOAD): notes every change that the process makes to files whose path contains
 * $FAULTS_WATCHED, in the order in which they happened, in the file $FAULTS_LOG.
 *
 * One record: kind (1 byte: w write, t truncate, s sync, u unlink), then offset, size of the data and length
 * of the file's name (8 bytes each, this machine's order), then the name without its folder, then the data.
 *
 * The call itself and its record happen under one lock: otherwise a write of another thread could be noted
 * before a sync that it came after, and the replay would believe it safe.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define LONGEST_PATH 4096

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;

static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

/* A recorder that silently missed something would prove what is not true. */
static void give_up(const char *why) {
    perror(why);
    abort();
}

static int watched(const char *path) {
    const char *part = getenv("FAULTS_WATCHED");
    return part && *part && strstr(path, part) != NULL;
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, LONGEST_PATH - 1);
    path[length > 0 ? length : 0] = 0;
    return watched(path);
}

static void open_log(void) {
    const char *path = getenv("FAULTS_LOG");
    if (!path) give_up("FAULTS_LOG is not set");
    log_fd = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0) give_up(path);
}

static void note(char kind, const char *path, int64_t offset, const void *data, int64_t size) {
    ssize_t (*real_write)(int, const void *, size_t) = real("write");
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    int64_t head[3] = {offset, size, (int64_t)strlen(name)};
    size_t whole = 1 + sizeof head + head[2] + size;
    char *record = malloc(whole);
    if (!record) give_up("recorder");
    record[0] = kind;
    memcpy(record + 1, head, sizeof head);
    memcpy(record + 1 + sizeof head, name, head[2]);
    if (size) memcpy(record + 1 + sizeof head + head[2], data, size);
    if (log_fd < 0) open_log();
    /* One call for the whole record: the log's size is then always the end of a record. */
    if (real_write(log_fd, record, whole) != (ssize_t)whole) give_up("recorder");
    free(record);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    ssize_t (*call)(int, const void *, size_t, off64_t) = real("pwrite64");
    char path[LONGEST_PATH];
    if (!path_of(fd, path)) return call(fd, data, size, offset);
    pthread_mutex_lock(&turn);
    ssize_t done = call(fd, data, size, offset);
    if (done > 0) note('w', path, offset, data, done);
    pthread_mutex_unlock(&turn);
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return pwrite64(fd, data, size, offset); }

/* Not used by SQLite for its files; noted at the place where the file stands, in case it ever is. */
ssize_t write(int fd, const void *data, size_t size) {
    ssize_t (*call)(int, const void *, size_t) = real("write");
    char path[LONGEST_PATH];
    if (!path_of(fd, path)) return call(fd, data, size);
    pthread_mutex_lock(&turn);
    ssize_t done = call(fd, data, size);
    if (done > 0) note('w', path, lseek(fd, 0, SEEK_CUR) - done, data, done);
    pthread_mutex_unlock(&turn);
    return done;
}

static int synced(const char *name, int fd) {
    int (*call)(int) = real(name);
    char path[LONGEST_PATH];
    if (!path_of(fd, path)) return call(fd);
    pthread_mutex_lock(&turn);
    int answer = call(fd);
    if (answer == 0) note('s', path, 0, NULL, 0);
    pthread_mutex_unlock(&turn);
    return answer;
}

int fsync(int fd) { return synced("fsync", fd); }

int fdatasync(int fd) { return synced("fdatasync", fd); }

int ftruncate64(int fd, off64_t size) {
    int (*call)(int, off64_t) = real("ftruncate64");
    char path[LONGEST_PATH];
    if (!path_of(fd, path)) return call(fd, size);
    pthread_mutex_lock(&turn);
    int answer = call(fd, size);
    if (answer == 0) note('t', path, size, NULL, 0);
    pthread_mutex_unlock(&turn);
    return answer;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int unlink(const char *path) {
    int (*call)(const char *) = real("unlink");
    if (!watched(path)) return call(path);
    pthread_mutex_lock(&turn);
    int answer = call(path);
    if (answer == 0) note('u', path, 0, NULL, 0);
    pthread_mutex_unlock(&turn);
    return answer;
}
