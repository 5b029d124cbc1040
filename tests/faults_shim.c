/* A library for LD_PRELOAD that makes the n-th change of a file fail, or that records all changes.
 *
 * Only files below the folder FAULTS_FOLDER count, and only calls that change something: writes, syncs, renames, truncations,
 * links, removals, and opening to write. faults_arm(n, error, lasting) makes the n-th call from then on fail with errno `error`:
 * only that one, or if `lasting` all calls from it on, as on a disk that stays full. If `error` is 0, the n-th call kills the
 * process. faults_count() returns how many calls there were. After faults_record(path), each change that succeeds is appended to
 * the file `path`: one byte for its kind, then path, other path, offset and data (sizes as 64-bit integers).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static long counted, failing;
static int code, lasting_fault, record = -1;

void faults_arm(long n, int error, int lasting) { counted = 0; failing = n; code = error; lasting_fault = lasting; }
long faults_count(void) { return counted; }
void faults_record(const char *path) {
    record = path ? syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, name)

static int inside(const char *path) {
    const char *folder = getenv("FAULTS_FOLDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static const char *named(int folder, const char *path, char *place) {
    if (path[0] == '/') return path;
    char link[64], base[PATH_MAX];
    snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, base, sizeof base - 1);
    if (length < 0) return path;
    base[length] = 0;
    return snprintf(place, PATH_MAX, "%s/%s", base, path) < PATH_MAX ? place : path;
}

static const char *opened(int fd, char *place) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, place, PATH_MAX - 1);
    if (length < 0) return NULL;
    place[length] = 0;
    return place;
}

/* Whether this call is to fail. */
static int fails(const char *path) {
    if (!inside(path)) return 0;
    counted++;
    if (!failing || !(counted == failing || (lasting_fault && counted > failing))) return 0;
    if (!code) kill(getpid(), SIGKILL);
    errno = code;
    return 1;
}

static void put(const void *data, size_t size) { if (syscall(SYS_write, record, data, size) < 0) abort(); }
static void put_text(const char *text) { uint64_t n = text ? strlen(text) : 0; put(&n, 8); if (n) put(text, n); }
static void note(char kind, const char *path, const char *other, int64_t offset, const void *data, uint64_t size) {
    if (record < 0 || !inside(path)) return;
    put(&kind, 1); put_text(path); put_text(other); put(&offset, 8); put(&size, 8);
    if (size && data) put(data, size);
}

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    char place[PATH_MAX]; const char *path = opened(fd, place);
    if (fails(path)) return -1;
    ssize_t done = real(fd, data, size);
    if (done > 0) note('w', path, NULL, lseek(fd, 0, SEEK_CUR) - done, data, done);
    return done;
}

static ssize_t at(int fd, const void *data, size_t size, off_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t);
    char place[PATH_MAX]; const char *path = opened(fd, place);
    if (fails(path)) return -1;
    ssize_t done = real(fd, data, size, offset);
    if (done > 0) note('w', path, NULL, offset, data, done);
    return done;
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return at(fd, data, size, offset); }
ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset) { return at(fd, data, size, offset); }

static int synced(int fd, int (*real)(int)) {
    char place[PATH_MAX]; const char *path = opened(fd, place);
    if (fails(path)) return -1;
    int done = real(fd);
    if (!done) note('s', path, NULL, 0, NULL, 0);
    return done;
}
int fsync(int fd) { REAL(int, "fsync", int); return synced(fd, real); }
int fdatasync(int fd) { REAL(int, "fdatasync", int); return synced(fd, real); }

static int cut(int fd, off_t size) {
    REAL(int, "ftruncate64", int, off_t);
    char place[PATH_MAX]; const char *path = opened(fd, place);
    if (fails(path)) return -1;
    int done = real(fd, size);
    if (!done) note('t', path, NULL, size, NULL, 0);
    return done;
}
int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off_t size) { return cut(fd, size); }

int rename(const char *old, const char *new) {
    REAL(int, "rename", const char *, const char *);
    char one[PATH_MAX], two[PATH_MAX];
    old = named(AT_FDCWD, old, one); new = named(AT_FDCWD, new, two);
    if (fails(new)) return -1;
    int done = real(old, new);
    if (!done) note('r', old, new, 0, NULL, 0);
    return done;
}

int link(const char *old, const char *new) {
    REAL(int, "link", const char *, const char *);
    char one[PATH_MAX], two[PATH_MAX];
    old = named(AT_FDCWD, old, one); new = named(AT_FDCWD, new, two);
    if (fails(new)) return -1;
    int done = real(old, new);
    if (!done) note('l', old, new, 0, NULL, 0);
    return done;
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    char place[PATH_MAX];
    path = named(AT_FDCWD, path, place);
    if (fails(path)) return -1;
    int done = real(path);
    if (!done) note('u', path, NULL, 0, NULL, 0);
    return done;
}

static int open_in(int folder, const char *path, int flags, mode_t mode) {
    REAL(int, "openat64", int, const char *, int, ...);
    char place[PATH_MAX];
    const char *whole = named(folder, path, place);
    int writes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
    if (writes && fails(whole)) return -1;
    int fd = real(folder, path, flags, mode);
    if (fd >= 0 && writes) note(flags & O_TRUNC ? 'n' : 'o', whole, NULL, 0, NULL, 0);
    return fd;
}
#define MODE(flags, mode) mode_t mode = 0; if ((flags) & (O_CREAT | O_TMPFILE)) { va_list a; va_start(a, flags); mode = va_arg(a, mode_t); va_end(a); }
int open(const char *path, int flags, ...) { MODE(flags, mode) return open_in(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, mode) return open_in(AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE(flags, mode) return open_in(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE(flags, mode) return open_in(folder, path, flags, mode); }
