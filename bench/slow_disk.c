/* A disk that needs some milliseconds to make anything durable, as a network disk of a cloud does.
 *
 * Loaded into a server with LD_PRELOAD; REGIE_BENCH_DISK_MICROS is the time each fsync and fdatasync takes
 * before the real one, in microseconds. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_for_the_disk(void) {
    const char *text = getenv("REGIE_BENCH_DISK_MICROS");
    long micros = text ? atol(text) : 0;
    struct timespec rest = {micros / 1000000, (micros % 1000000) * 1000};
    while (nanosleep(&rest, &rest) != 0) {
    }
}

int fsync(int file) {
    wait_for_the_disk();
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    wait_for_the_disk();
    return (int)syscall(SYS_fdatasync, file);
}
