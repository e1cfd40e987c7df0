/* A disk that is full, without root: loaded before libc's own, these refuse whatever would make a file under POSTO_DISK
 * larger for as long as the file POSTO_DISK_FULL exists: with ENOSPC, and with EDQUOT when there is something in that file.
 * What lies within a file already can be overwritten, as on a real full disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

/* Why a file that ends at `end` may not grow; 0 when it may. */
static int refusal(int fd, off_t end)
{
    const char *disk = getenv("POSTO_DISK"), *full = getenv("POSTO_DISK_FULL");
    char link[64], path[4096];
    struct stat file, flag;
    ssize_t length;
    if (!disk || !full || stat(full, &flag) != 0)
        return 0;
    if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode) || end <= file.st_size)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    if (strncmp(path, disk, strlen(disk)) != 0 || path[strlen(disk)] != '/')
        return 0;
    return flag.st_size > 0 ? EDQUOT : ENOSPC;
}

static off_t position(int fd)
{
    struct stat file;
    off_t at = lseek(fd, 0, SEEK_CUR);
    return at >= 0 ? at : fstat(fd, &file) == 0 ? file.st_size : 0;
}

#define REFUSE_WITHOUT_ROOM(fd, end) do { int before = errno, why = refusal(fd, end); \
    errno = why ? why : before; if (why) return -1; } while (0)

#define REAL(type, name, ...) ((type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

ssize_t write(int fd, const void *bytes, size_t count)
{
    REFUSE_WITHOUT_ROOM(fd, position(fd) + (off_t)count);
    return REAL(ssize_t, "write", int, const void *, size_t)(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at)
{
    REFUSE_WITHOUT_ROOM(fd, at + (off_t)count);
    return REAL(ssize_t, "pwrite", int, const void *, size_t, off_t)(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at)
{
    REFUSE_WITHOUT_ROOM(fd, at + (off_t)count);
    return REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t)(fd, bytes, count, at);
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    off_t end = position(fd);
    for (int n = 0; n < count; n++)
        end += (off_t)pieces[n].iov_len;
    REFUSE_WITHOUT_ROOM(fd, end);
    return REAL(ssize_t, "writev", int, const struct iovec *, int)(fd, pieces, count);
}
