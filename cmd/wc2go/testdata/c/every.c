// Calls the functions of preview 1 as they are meant to be called and as they are not, on every kind of descriptor: 0
// to 2 are the standard streams, 3 may be written, 4 only be read, 5 is another that may be written. Each line of output
// is a call and what it gave. TestEvery has the directories, and every.txt what Wasmtime prints.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
typedef uint32_t u32;
typedef uint64_t u64;
WASI(args_get) u32 args_get(u32 argv, u32 buf);
WASI(args_sizes_get) u32 args_sizes_get(u32 n, u32 size);
WASI(environ_get) u32 environ_get(u32 argv, u32 buf);
WASI(environ_sizes_get) u32 environ_sizes_get(u32 n, u32 size);
WASI(clock_res_get) u32 clock_res_get(u32 id, u32 out);
WASI(clock_time_get) u32 clock_time_get(u32 id, u64 precision, u32 out);
WASI(random_get) u32 random_get(u32 p, u32 n);
WASI(sched_yield) u32 sched_yield(void);
WASI(fd_advise) u32 fd_advise(u32 fd, u64 off, u64 len, u32 advice);
WASI(fd_allocate) u32 fd_allocate(u32 fd, u64 off, u64 len);
WASI(fd_close) u32 fd_close(u32 fd);
WASI(fd_datasync) u32 fd_datasync(u32 fd);
WASI(fd_sync) u32 fd_sync(u32 fd);
WASI(fd_fdstat_get) u32 fd_fdstat_get(u32 fd, u32 out);
WASI(fd_fdstat_set_flags) u32 fd_fdstat_set_flags(u32 fd, u32 flags);
WASI(fd_filestat_get) u32 fd_filestat_get(u32 fd, u32 out);
WASI(fd_filestat_set_size) u32 fd_filestat_set_size(u32 fd, u64 size);
WASI(fd_filestat_set_times) u32 fd_filestat_set_times(u32 fd, u64 a, u64 m, u32 flags);
WASI(fd_pread) u32 fd_pread(u32 fd, u32 iov, u32 n, u64 off, u32 out);
WASI(fd_pwrite) u32 fd_pwrite(u32 fd, u32 iov, u32 n, u64 off, u32 out);
WASI(fd_read) u32 fd_read(u32 fd, u32 iov, u32 n, u32 out);
WASI(fd_write) u32 fd_write(u32 fd, u32 iov, u32 n, u32 out);
WASI(fd_prestat_get) u32 fd_prestat_get(u32 fd, u32 out);
WASI(fd_prestat_dir_name) u32 fd_prestat_dir_name(u32 fd, u32 p, u32 n);
WASI(fd_readdir) u32 fd_readdir(u32 fd, u32 p, u32 n, u64 cookie, u32 out);
WASI(fd_renumber) u32 fd_renumber(u32 fd, u32 to);
WASI(fd_seek) u32 fd_seek(u32 fd, u64 delta, u32 whence, u32 out);
WASI(fd_tell) u32 fd_tell(u32 fd, u32 out);
WASI(path_create_directory) u32 path_create_directory(u32 fd, u32 p, u32 n);
WASI(path_filestat_get) u32 path_filestat_get(u32 fd, u32 follow, u32 p, u32 n, u32 out);
WASI(path_filestat_set_times) u32 path_filestat_set_times(u32 fd, u32 follow, u32 p, u32 n, u64 a, u64 m, u32 flags);
WASI(path_link) u32 path_link(u32 fd, u32 follow, u32 p, u32 n, u32 to, u32 q, u32 m);
WASI(path_open) u32 path_open(u32 fd, u32 follow, u32 p, u32 n, u32 oflags, u64 rights, u64 inherit, u32 flags, u32 out);
WASI(path_readlink) u32 path_readlink(u32 fd, u32 p, u32 n, u32 buf, u32 size, u32 out);
WASI(path_remove_directory) u32 path_remove_directory(u32 fd, u32 p, u32 n);
WASI(path_rename) u32 path_rename(u32 fd, u32 p, u32 n, u32 to, u32 q, u32 m);
WASI(path_symlink) u32 path_symlink(u32 p, u32 n, u32 fd, u32 q, u32 m);
WASI(path_unlink_file) u32 path_unlink_file(u32 fd, u32 p, u32 n);
WASI(poll_oneoff) u32 poll_oneoff(u32 in, u32 out, u32 n, u32 count);
WASI(sock_accept) u32 sock_accept(u32 fd, u32 flags, u32 out);
WASI(sock_recv) u32 sock_recv(u32 fd, u32 iov, u32 n, u32 flags, u32 out, u32 outflags);
WASI(sock_send) u32 sock_send(u32 fd, u32 iov, u32 n, u32 flags, u32 out);
WASI(sock_shutdown) u32 sock_shutdown(u32 fd, u32 how);

enum { CREAT = 1, DIRECTORY = 2, EXCL = 4, TRUNC = 8, READ = 1 << 1, WRITE = 1 << 6 };
enum { APPEND = 1, DSYNC = 2, NONBLOCK = 4, RSYNC = 8, SYNC = 16 };
#define A(p) ((u32)(uintptr_t)(p))
#define S(s) A(s), strlen(s)
#define FAR 0xfffffff0u

static u32 n;
static char buf[8192], data[64];
static struct iov { u32 p, n; } v[64];
static struct { uint8_t type; uint16_t flags; u64 rights, inherit; } st;
static struct { u64 dev, ino; uint8_t type; u64 links, size, atime, mtime, ctime; } fst;

// say prints a call and its errno.
#define say(e) printf("%s: %u\n", #e, e)
#define also(e, ...) do { u32 r_ = e; printf("%s: %u", #e, r_); if (r_ == 0) printf(" " __VA_ARGS__); puts(""); } while (0)

static u32 vec(const void *p, u32 n) { v[0].p = A(p); v[0].n = n; return A(v); }

static u32 open_(u32 fd, const char *p, u32 oflags, u64 rights, u32 flags) {
	u32 f = ~0u;
	u32 e = path_open(fd, 1, S(p), oflags, rights, 0, flags, A(&f));
	if (e) printf("(open %s: %u)\n", p, e);
	return f;
}

static void content(const char *p) {
	u32 f = open_(3, p, 0, READ, 0);
	memset(buf, 0, 100);
	u32 e = fd_pread(f, vec(buf, 99), 1, 0, A(&n));
	printf("%s holds: %u, %u bytes, \"", p, e, n);
	for (u32 i = 0; i < n && e == 0; i++) buf[i] >= ' ' ? putchar(buf[i]) : printf("\\%d", buf[i]);
	puts("\"");
	fd_close(f);
}

static void stat_(const char *what, u32 fd) {
	u32 e = fd_fdstat_get(fd, A(&st));
	printf("fdstat of %s: %u", what, e);
	if (e == 0) printf(" type %u flags %u%s%s", st.type, st.flags, st.type != 3 && st.rights & READ ? " read" : "", st.type != 3 && st.rights & WRITE ? " write" : "");
	e = fd_filestat_get(fd, A(&fst));
	printf(" filestat: %u", e);
	if (e == 0) printf(" type %u links %llu size %llu dev %d ino %d", fst.type, fst.links, fst.type == 3 ? 0 : fst.size, fst.dev != 0, fst.ino != 0);
	puts("");
}

// on tries everything that takes a descriptor.
static void on(const char *what, u32 fd) {
	printf("-- %s\n", what);
	stat_(what, fd);
	say(fd_advise(fd, 0, 10, 0));
	say(fd_advise(fd, 0, 0, 5));
	say(fd_advise(fd, ~0ull, 1, 3));
	say(fd_allocate(fd, 0, 0));
	say(fd_allocate(fd, 0, 10));
	bool isdir = st.type == 3;
	if (!isdir) { // which this host does, and Wasmtime does not
		say(fd_datasync(fd));
		say(fd_sync(fd));
	}
	say(fd_filestat_set_size(fd, 3));
	say(fd_filestat_set_size(fd, ~0ull));
	if (!isdir)
		say(fd_filestat_set_times(fd, 1000000000, 2000000007, 5));
	say(fd_filestat_set_times(fd, 0, 0, 3));
	say(fd_filestat_set_times(fd, 0, 0, 12));
	say(fd_filestat_set_times(fd, 0, 0, 0));
	if (fd < 1 || fd > 2) { // not the output of this program
		say(fd_write(fd, vec("w", 1), 1, A(&n)));
		say(fd_pwrite(fd, vec("p", 1), 1, 1, A(&n)));
		if (st.rights & WRITE)
			say(fd_pwrite(fd, vec("p", 1), 1, ~0ull, A(&n)));
	}
	say(fd_write(fd, vec("w", 0), 1, A(&n)));
	say(fd_write(fd, A(v), 0, A(&n)));
	say(fd_read(fd, vec(data, 0), 1, A(&n)));
	say(fd_read(fd, A(v), 0, A(&n)));
	also(fd_read(fd, vec(data, 4), 1, A(&n)), "%u", n);
	also(fd_pread(fd, vec(data, 4), 1, 1, A(&n)), "%u", n);
	if (!isdir && st.rights & READ)
		say(fd_pread(fd, vec(data, 4), 1, ~0ull, A(&n)));
	u64 pos = 0;
	also(fd_tell(fd, A(&pos)), "%llu", pos);
	also(fd_seek(fd, 2, 0, A(&pos)), "%llu", pos);
	also(fd_seek(fd, -1, 1, A(&pos)), "%llu", pos);
	also(fd_seek(fd, -1, 2, A(&pos)), "%llu", pos);
	say(fd_seek(fd, -1, 0, A(&pos)));
	say(fd_seek(fd, -100, 1, A(&pos)));
	say(fd_seek(fd, 1ull << 63, 1, A(&pos)));
	say(fd_seek(fd, ~0ull >> 1, 2, A(&pos)));
	say(fd_prestat_get(fd, A(buf)));
	say(fd_prestat_dir_name(fd, A(buf), 0));
	say(fd_prestat_dir_name(fd, A(buf), 100));
	also(fd_readdir(fd, A(buf), 0, 0, A(&n)), "%u", n);
	say(fd_readdir(fd, A(buf), sizeof buf, 1ull << 40, A(&n)));
	say(path_create_directory(fd, S("made")));
	say(path_filestat_get(fd, 0, S("nothing"), A(&fst)));
	say(path_readlink(fd, S("nothing"), A(buf), 100, A(&n)));
	say(path_remove_directory(fd, S("made")));
	say(path_unlink_file(fd, S("made")));
	say(sock_accept(fd, 0, A(&n)));
	say(sock_recv(fd, vec(data, 1), 1, 0, A(&n), A(data)));
	say(sock_send(fd, vec(data, 0), 1, 0, A(&n)));
	say(sock_shutdown(fd, 1));
	if (fd <= 2) // which this host does, and Wasmtime does not
		return;
	say(fd_fdstat_set_flags(fd, 0));
	say(fd_fdstat_set_flags(fd, NONBLOCK));
	stat_("now", fd);
	say(fd_fdstat_set_flags(fd, APPEND));
	stat_("now", fd);
	if (!isdir) {
		say(fd_fdstat_set_flags(fd, DSYNC));
		say(fd_fdstat_set_flags(fd, SYNC));
	}
	say(fd_fdstat_set_flags(fd, 0));
}

struct sub { u64 userdata; uint8_t tag; union { struct { u32 id; u64 timeout, precision; uint16_t flags; } clock; u32 fd; }; };
struct event { u64 userdata; uint16_t error; uint8_t type; u64 bytes; uint16_t flags; };
static struct sub subs[16];
static struct event events[16];

static void poll_(const char *what, u32 count) {
	memset(events, 0xee, sizeof events);
	n = ~0u;
	u32 e = poll_oneoff(A(subs), A(events), count, A(&n));
	printf("poll %s: %u, %d events", what, e, (int)n);
	for (u32 i = 0; e == 0 && i < n; i++)
		printf("; %llu: %u type %u bytes %d flags %u", events[i].userdata, events[i].error, events[i].type, events[i].bytes > 0, events[i].flags);
	puts("");
	memset(subs, 0, sizeof subs);
}
static struct sub timer(u64 userdata, u32 id, u64 timeout, u32 flags) {
	struct sub s = {.userdata = userdata, .tag = 0};
	s.clock.id = id, s.clock.timeout = timeout, s.clock.flags = flags;
	return s;
}
static struct sub rw(u64 userdata, u32 tag, u32 fd) {
	struct sub s = {.userdata = userdata, .tag = tag};
	s.fd = fd;
	return s;
}

static int byname(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void list(u32 fd, u32 size) {
	static char names[64][64];
	static char *sorted[64];
	u32 count = 0;
	u64 cookie = 0, inos[64];
	for (int turn = 0; turn < 300; turn++) {
		u32 e = fd_readdir(fd, A(buf), size, cookie, A(&n));
		if (e) { printf("readdir: %u\n", e); return; }
		u32 at = 0;
		while (at + 24 <= n) {
			u32 len;
			u64 next;
			memcpy(&next, buf + at, 8);
			memcpy(&len, buf + at + 16, 4);
			if (at + 24 + len > n) break;
			memcpy(&inos[count], buf + at + 8, 8);
			char name[64];
			memcpy(name, buf + at + 24, len);
			name[len] = 0;
			u32 e = path_filestat_get(fd, 0, S(name), A(&fst));
			snprintf(names[count], 64, "%s/%d/%u/%d", name, buf[at + 20], e, e || fst.ino == inos[count] || name[0] == '.');
			sorted[count] = names[count];
			count++;
			cookie = next;
			at += 24 + len;
		}
		if (n < size) break;
		if (at == 0) { puts("readdir: an entry does not fit"); return; }
	}
	qsort(sorted, count, sizeof *sorted, byname);
	printf("list:");
	for (u32 i = 0; i < count; i++) printf(" %s", sorted[i]);
	puts("");
}

int main(int argc, char **argv) {
	setvbuf(stdout, 0, _IOFBF, 1 << 16);
	// What is not a descriptor, and each kind that is one.
	u32 none = 99, in = 0, out = 1, err = 2, dir = 3, ro = 4;
	on("none", none);
	on("negative", -1);
	on("stdin", in);
	on("stdout", out);
	on("stderr", err);
	on("preopen", dir);
	on("read-only preopen", ro);
	u32 sub = open_(3, "sub", DIRECTORY, READ, 0);
	on("directory", sub);
	u32 file = open_(3, "file", 0, READ | WRITE, 0);
	on("file", file);
	content("file");
	u32 r = open_(3, "file", 0, READ, 0), w = open_(3, "file", 0, WRITE, 0), neither = open_(3, "file", 0, 0, 0), rof = open_(4, "f", 0, READ, 0);
	on("file for reading", r);
	on("file for writing", w);
	content("file");
	on("file for neither", neither);
	on("file of a read-only preopen", rof);

	puts("-- path_open: flags");
	static const struct { const char *p; u32 o; u64 r; u32 f; } opens[] = {
		{"file", 0, READ, 0}, {"file", 0, READ, APPEND}, {"file", 0, READ | WRITE, APPEND}, {"file", 0, READ | WRITE, NONBLOCK}, 
		 {"file", CREAT, READ | WRITE, 0}, {"file", CREAT | EXCL, READ | WRITE, 0}, {"file", EXCL, READ, 0}, {"file", DIRECTORY, READ, 0},
		{"file", DIRECTORY | CREAT, READ, 0}, {"file", DIRECTORY | TRUNC, READ, 0}, {"sub", 0, READ, 0}, {"sub", 0, 0, 0}, {"sub", 0, WRITE, 0}, {"sub", 0, READ | WRITE, 0},
		{"sub", DIRECTORY, READ | WRITE, 0}, {"sub", CREAT, READ, 0}, {"sub", CREAT | EXCL, READ, 0}, {"sub", TRUNC, READ, 0}, {"sub", EXCL, READ, 0},
		{"sub", DIRECTORY, READ, APPEND}, {"sub", DIRECTORY, READ, NONBLOCK}, {"sub", DIRECTORY | EXCL, READ, 0}, {"sub", DIRECTORY | CREAT, READ, 0},
		{"none", 0, READ, 0}, {"none", TRUNC, WRITE, 0}, {"none", DIRECTORY, READ, 0}, {"none", CREAT | DIRECTORY, READ, 0}, {"none/x", CREAT, WRITE, 0},
		{"link", 0, READ, 0}, {"link", DIRECTORY, READ, 0}, {"dirlink", 0, READ, 0}, {"dirlink", DIRECTORY, READ, 0}, {"dirlink/", 0, READ, 0}, {"dirlink/x", 0, READ, 0},
		{"link/", 0, READ, 0}, {"loop", 0, READ, 0}, {"loop", CREAT, WRITE, 0}, {"dangling", 0, READ, 0}, {"dangling", CREAT | EXCL, WRITE, 0},
		{"new1", CREAT, READ | WRITE, 0}, {"new2", CREAT, WRITE, 0}, {"new3", CREAT | EXCL, READ | WRITE, APPEND}, {"new4", CREAT | TRUNC, READ | WRITE, 0},
		{"new6/", CREAT, WRITE, 0}, {"file", TRUNC, READ, 0}, {"./file", 0, READ, 0}, {"sub/../file", 0, READ, 0}, {"sub//x", 0, READ, 0}, {"sub/./x", 0, READ, 0}, {"file/.", 0, READ, 0},
		{"file/..", 0, READ, 0}, {"sub/.", 0, READ, 0}, {".", 0, READ, 0}, {".", CREAT, READ, 0}, {"", CREAT, READ, 0}, {"dangling", CREAT, WRITE, 0}};
	for (u32 follow = 0; follow < 2; follow++)
		for (u32 i = 0; i < sizeof opens / sizeof *opens; i++) {
			u32 f;
			u32 e = path_open(3, follow, S(opens[i].p), opens[i].o, opens[i].r, 0, opens[i].f, A(&f));
			printf("open %s follow %u oflags %u rights %llx flags %u: %u", opens[i].p, follow, opens[i].o, opens[i].r, opens[i].f, e);
			if (e == 0) {
				e = fd_fdstat_get(f, A(&st));
				printf(", %u type %u flags %u%s%s", e, st.type, st.flags, st.type != 3 && st.rights & READ ? " read" : "", st.type != 3 && st.rights & WRITE ? " write" : "");
				fd_close(f);
			}
			puts("");
			if (opens[i].o & CREAT && !strncmp(opens[i].p, "new", 3)) printf("unlink: %u\n", path_unlink_file(3, S(opens[i].p)));
			if (!strcmp(opens[i].p, "dangling") && opens[i].o == CREAT) printf("unlink: %u\n", path_unlink_file(3, S("gone")));
		}
	u32 f;
	// A descriptor has the lowest free number.
	u32 a = open_(3, "file", 0, READ, 0), b = open_(3, "file", 0, READ, 0);
	say(fd_close(a));
	u32 c = open_(3, "file", 0, READ, 0);
	printf("the lowest number again: %d\n", a == c);
	say(fd_close(b));
	say(fd_close(b));
	say(fd_close(c));

	puts("-- append, seek, holes");
	u32 x = open_(3, "x", CREAT | TRUNC, READ | WRITE, APPEND);
	also(fd_write(x, vec("one", 3), 1, A(&n)), "%u", n);
	u64 pos;
	also(fd_tell(x, A(&pos)), "%llu", pos);
	also(fd_seek(x, 0, 0, A(&pos)), "%llu", pos);
	also(fd_write(x, vec("two", 3), 1, A(&n)), "%u", n);
	also(fd_tell(x, A(&pos)), "%llu", pos);
	also(fd_pwrite(x, vec("P", 1), 1, 0, A(&n)), "%u", n);
	also(fd_tell(x, A(&pos)), "%llu", pos);
	content("x");
	say(fd_fdstat_set_flags(x, 0));
	also(fd_seek(x, 1, 0, A(&pos)), "%llu", pos);
	also(fd_write(x, vec("three", 5), 1, A(&n)), "%u", n);
	content("x");
	also(fd_seek(x, 10, 2, A(&pos)), "%llu", pos);
	also(fd_read(x, vec(data, 9), 1, A(&n)), "%u", n);
	say(fd_write(x, vec("end", 3), 1, A(&n)));
	content("x");
	say(fd_filestat_set_size(x, 4));
	also(fd_tell(x, A(&pos)), "%llu", pos);
	also(fd_read(x, vec(data, 9), 1, A(&n)), "%u", n);
	content("x");
	say(fd_filestat_set_size(x, 6));
	content("x");
	say(fd_filestat_set_size(x, 1ull << 62));
	for (int i = 0; i < 3; i++) v[i].p = A(data + i), v[i].n = i == 2 ? 2 : 0;
	also(fd_seek(x, 0, 0, A(&pos)), "%llu", pos);
	also(fd_read(x, A(v), 3, A(&n)), "%u", n);
	for (int i = 0; i < 64; i++) v[i].p = A(&"0123456789"[i % 10]), v[i].n = 1;
	also(fd_write(x, A(v), 64, A(&n)), "%d", n > 0 && n <= 64);
	say(fd_filestat_set_times(x, 1234567890123456789, 987654321987654321, 5));
	say(fd_filestat_get(x, A(&fst)));
	printf("times %llu %llu\n", fst.atime, fst.mtime);
	say(path_filestat_set_times(3, 1, S("x"), 5000000001, 0, 1));
	say(path_filestat_get(3, 1, S("x"), A(&fst)));
	printf("times %llu %llu\n", fst.atime, fst.mtime);
	say(path_filestat_set_times(3, 1, S("x"), 0, 0, 3));
	say(path_filestat_set_times(3, 0, S("link"), 7000000000, 8000000000, 5));
	say(path_filestat_get(3, 0, S("link"), A(&fst)));
	printf("times %llu %llu type %u size %llu\n", fst.atime, fst.mtime, fst.type, fst.size);
	say(path_filestat_set_times(3, 1, S("none"), 0, 0, 2));
	// A file that has no name any more, or another one.
	say(path_rename(3, S("x"), 3, S("y")));
	say(fd_filestat_set_times(x, 3000000000, 4000000000, 5));
	say(path_filestat_get(3, 1, S("y"), A(&fst)));
	printf("times %llu %llu\n", fst.atime, fst.mtime);
	say(path_unlink_file(3, S("y")));
	say(fd_filestat_set_times(x, 3000000001, 4000000001, 5));
	say(fd_filestat_get(x, A(&fst)));
	printf("times %llu %llu links %llu\n", fst.atime, fst.mtime, fst.links);
	also(fd_pread(x, vec(data, 4), 1, 0, A(&n)), "%u", n);
	say(fd_close(x));
	// A directory that is gone.
	say(path_create_directory(3, S("gonedir")));
	u32 g = open_(3, "gonedir", DIRECTORY, READ, 0);
	say(path_remove_directory(3, S("gonedir")));
	say(fd_filestat_get(g, A(&fst)));
	say(path_create_directory(g, S("x")));
	say(path_open(g, 0, S("x"), CREAT, WRITE, 0, 0, A(&f)));
	say(path_open(g, 0, S("."), 0, READ, 0, 0, A(&f)));
	list(g, 4096);
	say(fd_filestat_set_times(g, 0, 0, 2));
	say(fd_close(g));

	puts("-- fd_readdir");
	list(sub, 4096);
	list(sub, 100);
	list(sub, 40);
	list(sub, 20);
	list(3, 4096);
	list(rof, 100);
	say(fd_readdir(sub, A(buf), 4096, ~0ull, A(&n)));
	also(fd_readdir(sub, A(buf), 4096, 100, A(&n)), "%u", n);
	// It shows what is made and removed in the meantime, when it begins again.
	say(path_create_directory(sub, S("more")));
	list(sub, 4096);
	say(path_remove_directory(sub, S("more")));
	list(sub, 4096);

	puts("-- fd_renumber");
	a = open_(3, "file", 0, READ, 0), b = open_(3, "sub", DIRECTORY, READ, 0);
	say(fd_renumber(a, a));
	say(fd_renumber(a, 1000));
	say(fd_renumber(1000, a));
	say(fd_renumber(a, b));
	stat_("from", a);
	stat_("to", b);
	say(fd_close(b));
	a = open_(5, "mine", 0, READ, 0);
	say(fd_renumber(a, 5));
	say(fd_prestat_get(5, A(buf)));
	stat_("what was a preopen", 5);
	say(fd_renumber(4, 5));
	say(fd_prestat_get(5, A(buf)));
	say(fd_prestat_get(4, A(buf)));
	say(path_filestat_get(5, 0, S("f"), A(&fst)));
	say(fd_renumber(5, 4));
	say(fd_close(4));
	say(fd_prestat_get(4, A(buf)));

	puts("-- links");
	say(path_symlink(S("file"), 3, S("l1")));
	say(path_symlink(S("file"), 3, S("l1")));
	say(path_symlink(S("file"), 3, S("l1/")));
	say(path_symlink(S("sub/"), 3, S("l2")));
	say(path_symlink(S(""), 3, S("l3")));
	say(path_symlink(S("file"), 3, S("")));
	say(path_symlink(S("file"), 3, S("none/l")));
	memset(buf, '#', 20);
	also(path_readlink(3, S("l1"), A(buf), 2, A(&n)), "%u %.4s", n, buf);
	also(path_readlink(3, S("l1"), A(buf), 0, A(&n)), "%u", n);
	also(path_readlink(3, S("l2"), A(buf), 100, A(&n)), "%u %.5s", n, buf);
	say(path_readlink(3, S("file"), A(buf), 100, A(&n)));
	say(path_readlink(3, S("sub"), A(buf), 100, A(&n)));
	say(path_readlink(3, S("l1/"), A(buf), 100, A(&n)));
	say(path_readlink(3, S("l2/"), A(buf), 100, A(&n)));
	say(path_link(3, 0, S("file"), 3, S("hard")));
	say(path_link(3, 0, S("file"), 3, S("hard")));
	say(path_link(3, 0, S("l1"), 3, S("hardlink")));
	say(path_link(3, 1, S("l1"), 3, S("hardlink2")));
	say(path_link(3, 0, S("sub"), 3, S("harddir")));
	say(path_link(3, 0, S("none"), 3, S("hardnone")));
	say(path_link(3, 0, S("file"), sub, S("hard")));
	say(path_filestat_get(3, 0, S("hard"), A(&fst)));
	printf("links %llu type %u\n", fst.links, fst.type);
	u64 ino = fst.ino;
	say(path_filestat_get(3, 0, S("file"), A(&fst)));
	printf("the same file: %d\n", ino == fst.ino);
	say(path_filestat_get(3, 0, S("hardlink"), A(&fst)));
	printf("links %llu type %u\n", fst.links, fst.type);
	say(path_filestat_get(3, 1, S("l2/x"), A(&fst)));
	say(path_filestat_get(3, 0, S("l2/x"), A(&fst)));
	say(path_unlink_file(3, S("l2/")));
	say(path_remove_directory(3, S("l2")));
	say(path_unlink_file(3, S("l1")));
	say(path_unlink_file(3, S("l2")));
	say(path_unlink_file(3, S("hardlink")));
	say(path_unlink_file(3, S("hard/")));
	say(path_unlink_file(3, S("hard")));
	say(path_unlink_file(sub, S("hard")));
	say(path_unlink_file(3, S("none")));

	puts("-- directories and renaming");
	say(path_create_directory(3, S("a")));
	say(path_create_directory(3, S("a")));
	say(path_create_directory(3, S("a/")));
	say(path_create_directory(3, S("b/")));
	say(path_create_directory(3, S("b//c//")));
	say(path_create_directory(3, S("file")));
	say(path_create_directory(3, S("file/x")));
	say(path_create_directory(3, S("link")));
	say(path_create_directory(3, S("dangling")));
	say(path_create_directory(3, S("none/x")));
	say(path_remove_directory(3, S("b")));
	say(path_remove_directory(3, S("b/c")));
	say(path_remove_directory(3, S("file")));
	say(path_remove_directory(3, S("file/")));
	say(path_remove_directory(3, S("none")));
	say(path_remove_directory(3, S("none/")));
	say(path_remove_directory(3, S("link")));
	say(path_remove_directory(3, S("dirlink")));
	say(path_rename(3, S("a"), 3, S("b")));
	say(path_create_directory(3, S("a")));
	say(path_create_directory(3, S("b/full")));
	say(path_rename(3, S("a"), 3, S("b")));
	say(path_rename(3, S("a"), 3, S("file")));
	say(path_rename(3, S("file"), 3, S("a")));
	say(path_rename(3, S("a"), 3, S("a")));
	say(path_rename(3, S("a"), 3, S("a/b")));
	say(path_rename(3, S("a/"), 3, S("aa/")));
	say(path_rename(3, S("aa/"), 3, S("a")));
	say(path_rename(3, S("file"), 3, S("file")));
	say(path_rename(3, S("none"), 3, S("renamed")));
	say(path_rename(3, S("none"), 3, S("file")));
	say(path_rename(3, S("file"), 3, S("none/x")));
	say(path_rename(3, S("link"), 3, S("movedlink")));
	say(path_rename(3, S("movedlink"), 3, S("link")));
	say(path_rename(3, S("dirlink/"), 3, S("moved")));
	say(path_rename(3, S("a"), sub, S("a")));
	say(path_rename(sub, S("a"), 3, S("a")));
	say(path_rename(3, S("a"), 3, S("dirlink")));
	say(path_rename(3, S("a"), 3, S("link")));
	say(path_unlink_file(3, S("a")));
	say(path_unlink_file(3, S("a/")));
	say(path_remove_directory(3, S("b/full")));
	say(path_remove_directory(3, S("b")));

	puts("-- poll_oneoff");
	poll_("nothing", 0);
	subs[0] = timer(1, 1, 1000, 0);
	poll_("a timer", 1);
	subs[0] = timer(1, 0, 1000, 0);
	poll_("a timer of the real time", 1);
	subs[0] = timer(1, 0, 0, 1);
	poll_("a time long gone", 1);
	subs[0] = timer(1, 1, 0, 1);
	poll_("a time long gone", 1);
	subs[0] = timer(1, 2, 0, 0);
	poll_("a clock of CPU time", 1);
	subs[0] = timer(1, 1, 3600000000000, 0), subs[1] = timer(2, 1, 1000000, 0), subs[2] = timer(3, 0, 3600000000000, 0);
	poll_("three timers", 3);
	subs[0] = timer(1, 1, 0, 0), subs[1] = timer(2, 1, 0, 0), subs[2] = timer(3, 0, 3600000000000, 0);
	poll_("three timers, two that are over", 3);
	subs[0] = timer(1, 1, 1000000, 0), subs[1] = timer(1, 1, 3600000000000, 0);
	poll_("the same userdata twice", 2);
	subs[0] = rw(1, 1, 99);
	poll_("no descriptor", 1);
	subs[0] = rw(1, 2, 99);
	poll_("no descriptor", 1);
	subs[0] = rw(1, 1, 3);
	poll_("a directory", 1);
	subs[0] = rw(1, 2, 3);
	poll_("a directory", 1);
	u32 one = open_(3, "sub/x", 0, READ, 0), two = open_(3, "sub/x", 0, WRITE, 0);
	subs[0] = rw(1, 1, one);
	poll_("a file", 1);
	subs[0] = rw(1, 2, two);
	poll_("a file for writing", 1);
	subs[0] = rw(1, 1, one), subs[1] = timer(2, 1, 3600000000000, 0);
	poll_("a file and a timer", 2);
	subs[0] = rw(1, 2, 1), subs[1] = timer(2, 1, 3600000000000, 0);
	poll_("stdout and a timer", 2);
	subs[0] = rw(1, 1, 0), subs[1] = timer(2, 1, 3600000000000, 0);
	poll_("stdin at its end and a timer", 2);
	subs[0] = rw(1, 1, 1);
	poll_("stdout for reading", 1);
	subs[0] = rw(1, 2, 0);
	poll_("stdin for writing", 1);
	subs[0] = rw(1, 1, 99), subs[1] = timer(2, 1, 1000, 0);
	poll_("no descriptor and a timer", 2);

	puts("-- clocks, random, arguments");
	u64 t;
	for (u32 id = 0; id < 4; id++) {
		printf("clock %u ", id);
		also(clock_res_get(id, A(&t)), "%d", t > 0);
		also(clock_time_get(id, 0, A(&t)), "%d", t > 0);
	}
	say(random_get(A(buf), 0));
	say(random_get(A(buf), 100));
	say(sched_yield());
	also(args_sizes_get(A(data), A(data + 4)), "%d", *(u32 *)data == (u32)argc);
	also(environ_sizes_get(A(data), A(data + 4)), "%u %u", *(u32 *)data, *(u32 *)(data + 4));
	return 0;
}
