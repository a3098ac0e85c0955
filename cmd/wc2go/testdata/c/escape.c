// Tries to get out of the directories that it is given: 3 may be written, 4 only be read, 5 is another that
// may be written. Each line of output is an attempt and the errno that it gave. TestEscapes has the directories, and
// escape.txt what Wasmtime prints.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
typedef uint32_t u32;
typedef uint64_t u64;
WASI(path_open) u32 path_open(u32 fd, u32 follow, const char *p, u32 n, u32 oflags, u64 rights, u64 inherit, u32 flags, u32 *out);
WASI(path_filestat_get) u32 path_filestat_get(u32 fd, u32 follow, const char *p, u32 n, void *out);
WASI(path_filestat_set_times) u32 path_filestat_set_times(u32 fd, u32 follow, const char *p, u32 n, u64 a, u64 m, u32 flags);
WASI(path_readlink) u32 path_readlink(u32 fd, const char *p, u32 n, char *buf, u32 size, u32 *out);
WASI(path_create_directory) u32 path_create_directory(u32 fd, const char *p, u32 n);
WASI(path_remove_directory) u32 path_remove_directory(u32 fd, const char *p, u32 n);
WASI(path_unlink_file) u32 path_unlink_file(u32 fd, const char *p, u32 n);
WASI(path_rename) u32 path_rename(u32 fd, const char *p, u32 n, u32 to, const char *q, u32 m);
WASI(path_link) u32 path_link(u32 fd, u32 follow, const char *p, u32 n, u32 to, const char *q, u32 m);
WASI(path_symlink) u32 path_symlink(const char *p, u32 n, u32 fd, const char *q, u32 m);
WASI(fd_close) u32 fd_close(u32 fd);
WASI(fd_pwrite) u32 fd_pwrite(u32 fd, const void *iov, u32 n, u64 off, u32 *out);
WASI(fd_read) u32 fd_read(u32 fd, const void *iov, u32 n, u32 *out);
WASI(fd_filestat_set_size) u32 fd_filestat_set_size(u32 fd, u64 size);
WASI(fd_filestat_set_times) u32 fd_filestat_set_times(u32 fd, u64 a, u64 m, u32 flags);
WASI(fd_readdir) u32 fd_readdir(u32 fd, void *p, u32 n, u64 cookie, u32 *out);

enum { CREAT = 1, DIRECTORY = 2, EXCL = 4, TRUNC = 8, READ = 1 << 1, WRITE = 1 << 6 };
#define P(s) s, strlen(s)

static void say(const char *what, const char *path, u32 errno_) {
	if (strlen(path) > 60)
		printf("%s %.20s… of %zu bytes: %u\n", what, path, strlen(path), errno_);
	else
		printf("%s %s: %u\n", what, path, errno_);
}

static u32 opened(u32 fd, u32 follow, const char *path, u32 oflags, u64 rights) {
	u32 f;
	u32 e = path_open(fd, follow, P(path), oflags, rights, 0, 0, &f);
	if (e == 0)
		fd_close(f);
	return e;
}

static u32 open_dir(u32 fd, const char *path) {
	u32 f = ~0;
	path_open(fd, 0, P(path), DIRECTORY, READ, ~0ull >> 34, 0, &f);
	return f;
}

static char longname[301], longpath[5000];

int main(void) {
	char buf[4096];
	u32 n;
	// Paths that lead out if links are followed.
	static const char *const out[] = {"../outside/secret", "..", "../", "./..", "sub/../..", "sub/../../outside/secret",
		"sub/deep/../../../outside/secret", ".//..//outside/secret", "../inside/own", "/", "//", "/own", "/etc/passwd", "/proc/self/root/etc/passwd",
		"abs", "absdir/secret", "absdir", "rel", "reldir/secret", "reldir", "up", "up/outside/secret", "up/inside/own", "proc", "proc/etc/passwd",
		"procfd/0", "procexe", "procmem", "chain", "root", "root/etc/passwd", "subup/secret", "devnull", "abs/", "reldir/", "reldir/.", "reldir/..", "dangling",
		"../other/x", "../ro/f", "loop", "loop/x", "own/..", "own/x", "own/", "none/../..", "deep1/deep1/secret", "selfup/selfup/selfup/own"};
	for (unsigned i = 0; i < sizeof out / sizeof *out; i++) {
		say("open", out[i], opened(3, 1, out[i], 0, READ));
		say("open for writing", out[i], opened(3, 1, out[i], 0, WRITE));
		say("create", out[i], opened(3, 1, out[i], CREAT, WRITE));
		say("truncate", out[i], opened(3, 1, out[i], CREAT | TRUNC, WRITE));
		say("open directory", out[i], opened(3, 1, out[i], DIRECTORY, READ));
		say("stat", out[i], path_filestat_get(3, 1, P(out[i]), buf));
		say("set times", out[i], path_filestat_set_times(3, 1, P(out[i]), 0, 0, 10));
	}
	// Paths that lead out whether the last link is followed or not.
	static const char *const through[] = {"../outside/dir", "reldir/dir", "absdir/dir", "/tmp", "sub/../../outside/dir", "up/outside/dir", "proc/tmp", "../inside/sub/x",
		"reldir/../outside/dir", "loop/x", "own/x", "deep1/deep1/dir"};
	for (unsigned i = 0; i < sizeof through / sizeof *through; i++) {
		const char *p = through[i];
		say("stat no follow", p, path_filestat_get(3, 0, P(p), buf));
		say("open no follow", p, opened(3, 0, p, 0, READ));
		say("mkdir", p, path_create_directory(3, P(p)));
		say("rmdir", p, path_remove_directory(3, P(p)));
		say("unlink", p, path_unlink_file(3, P(p)));
		say("readlink", p, path_readlink(3, P(p), buf, sizeof buf, &n));
		say("rename from", p, path_rename(3, P(p), 3, P("stolen")));
		say("rename over", p, path_rename(3, P("own"), 3, P(p)));
		say("rename directory over", p, path_rename(3, P("sub"), 3, P(p)));
		say("rename to other from", p, path_rename(3, P(p), 5, P("stolen")));
		say("rename from other over", p, path_rename(5, P("mine"), 3, P(p)));
		say("link from", p, path_link(3, 0, P(p), 3, P("stolen")));
		say("link at", p, path_link(3, 0, P("own"), 3, P(p)));
		say("link to other from", p, path_link(3, 0, P(p), 5, P("stolen")));
		say("symlink at", p, path_symlink(P("x"), 3, P(p)));
	}
	// Links themselves.
	static const char *const links[] = {"abs", "absdir", "proc", "root", "devnull", "procmem"};
	for (unsigned i = 0; i < sizeof links / sizeof *links; i++) {
		const char *p = links[i];
		say("read absolute link", p, path_readlink(3, P(p), buf, sizeof buf, &n));
		say("open link itself", p, opened(3, 0, p, 0, READ));
		say("open link itself as directory", p, opened(3, 0, p, DIRECTORY, READ));
		say("create at link", p, opened(3, 0, p, CREAT, WRITE));
		say("create new at link", p, opened(3, 1, p, CREAT | EXCL, WRITE));
		say("hard link through link", p, path_link(3, 1, P(p), 3, P("stolen")));
		say("rmdir link", p, path_remove_directory(3, P(p)));
		say("mkdir at link", p, path_create_directory(3, P(p)));
	}
	say("create through dangling link", "dangling", opened(3, 1, "dangling", CREAT, WRITE));
	say("create new through dangling link", "dangling", opened(3, 1, "dangling", CREAT | EXCL, WRITE));
	static const char *const targets[] = {"/", "/etc/passwd", "//x", "/proc/self/root"};
	for (unsigned i = 0; i < sizeof targets / sizeof *targets; i++)
		say("symlink to", targets[i], path_symlink(P(targets[i]), 3, P("mine")));
	say("symlink to nothing", "", path_symlink("", 0, 3, P("mine")));
	say("symlink over a file", "own", path_symlink(P("x"), 3, P("own")));
	// A link that goes up is made, and used: only then is it seen where it leads.
	say("make", "sub/later", path_symlink(P("../../outside/secret"), 3, P("sub/later")));
	say("open", "sub/later", opened(3, 1, "sub/later", 0, READ));
	say("make", "sub/ok", path_symlink(P("../own"), 3, P("sub/ok")));
	say("open", "sub/ok", opened(3, 1, "sub/ok", 0, READ));
	say("move up", "sub/ok", path_rename(3, P("sub/ok"), 3, P("ok")));
	say("open", "ok", opened(3, 1, "ok", 0, READ));
	say("hard link of a link out", "abs", path_link(3, 0, P("abs"), 3, P("sub/hard")));
	say("open", "sub/hard", opened(3, 1, "sub/hard", 0, READ));
	say("move a link out over a file", "rel", path_rename(3, P("sub/later"), 3, P("spare")));
	say("open", "spare", opened(3, 1, "spare", 0, READ));
	// A descriptor of a directory below is all that counts.
	u32 sub = open_dir(3, "sub"), deep = open_dir(3, "sub/deep");
	static const char *const below[] = {"..", "../own", "../sub/deep", "deep/../../own", "deep/../..", "../../outside/secret", "../sub/deep/../deep"};
	for (unsigned i = 0; i < sizeof below / sizeof *below; i++) {
		const char *p = below[i];
		say("open below", p, opened(sub, 1, p, 0, READ));
		say("stat below", p, path_filestat_get(sub, 0, P(p), buf));
		say("rename below", p, path_rename(sub, P(p), 3, P("stolen")));
		say("rename above to", p, path_rename(3, P("own"), sub, P(p)));
		say("unlink below", p, path_unlink_file(sub, P(p)));
		say("rmdir below", p, path_remove_directory(sub, P(p)));
		say("link below", p, path_link(sub, 0, P(p), 3, P("stolen")));
		say("mkdir below", p, path_create_directory(sub, P(p)));
	}
	// A directory is moved while a descriptor of one below is open.
	say("move", "sub/deep", path_rename(3, P("sub/deep"), 3, P("deep")));
	say("open above what was moved", "../secret", opened(deep, 1, "../secret", 0, READ));
	say("open above what was moved", "../../outside/secret", opened(deep, 1, "../../outside/secret", 0, READ));
	say("move back", "deep", path_rename(3, P("deep"), 3, P("sub/deep")));
	say("move into itself", "sub", path_rename(3, P("sub"), 3, P("sub/deep/x")));
	say("move itself", ".", path_rename(3, P("."), 3, P("x")));
	say("remove itself", ".", path_remove_directory(3, P(".")));
	say("remove itself below", ".", path_remove_directory(sub, P(".")));
	say("remove a full directory", "sub", path_remove_directory(3, P("sub")));
	say("unlink a directory", "sub", path_unlink_file(3, P("sub")));
	say("rmdir a file", "own", path_remove_directory(3, P("own")));
	static const char *const dots[] = {"..", ".", "sub/deep/..", "sub/..", "sub/.", "sub/deep/../..", "own/..", "own/.", "none/..", "reldir/..", "../"};
	for (unsigned i = 0; i < sizeof dots / sizeof *dots; i++) {
		const char *p = dots[i];
		say("rename", p, path_rename(3, P(p), 3, P("x")));
		say("rename to", p, path_rename(3, P("own"), 3, P(p)));
		say("rename directory to", p, path_rename(3, P("sub"), 3, P(p)));
		say("rename to other", p, path_rename(3, P(p), 5, P("x")));
		say("rename from other to", p, path_rename(5, P("mine"), 3, P(p)));
		say("link", p, path_link(3, 0, P(p), 3, P("x")));
		say("link at", p, path_link(3, 0, P("own"), 3, P(p)));
		say("link to other", p, path_link(3, 0, P(p), 5, P("x")));
		say("rmdir", p, path_remove_directory(3, P(p)));
		say("unlink", p, path_unlink_file(3, P(p)));
		say("mkdir", p, path_create_directory(3, P(p)));
		say("symlink at", p, path_symlink(P("x"), 3, P(p)));
		say("create", p, opened(3, 1, p, CREAT, WRITE));
		say("create new", p, opened(3, 1, p, CREAT | EXCL, WRITE));
		say("truncate", p, opened(3, 1, p, TRUNC, WRITE));
	}
	// Odd and long names.
	memset(longname, 'x', 300);
	for (int i = 0; i < 700; i++)
		memcpy(longpath + 7 * i, "sub/../", 8);
	strcat(longpath, "../own");
	say("open", longname, opened(3, 1, longname, 0, READ));
	say("create", longname, opened(3, 1, longname, CREAT, WRITE));
	say("mkdir", longname, path_create_directory(3, P(longname)));
	say("symlink at", longname, path_symlink(P("x"), 3, P(longname)));
	say("open", longpath, opened(3, 1, longpath, 0, READ));
	say("open empty", "", opened(3, 1, "", 0, READ));
	say("create empty", "", opened(3, 1, "", CREAT, WRITE));
	say("stat empty", "", path_filestat_get(3, 1, "", 0, buf));
	say("mkdir empty", "", path_create_directory(3, "", 0));
	say("rmdir empty", "", path_remove_directory(3, "", 0));
	say("unlink empty", "", path_unlink_file(3, "", 0));
	say("rename empty", "", path_rename(3, "", 0, 3, P("x")));
	say("rename to empty", "", path_rename(3, P("own"), 3, "", 0));
	say("open zero byte", "own\\0/../../outside/secret", path_open(3, 1, "own\0/../../outside/secret", 25, 0, READ, 0, 0, &n));
	say("stat zero byte", "own\\0", path_filestat_get(3, 1, "own\0", 4, buf));
	say("mkdir zero byte", "a\\0b", path_create_directory(3, "a\0b", 3));
	say("open invalid UTF-8", "own\\xff", path_open(3, 1, "own\xff", 4, 0, READ, 0, 0, &n));
	say("open backslashes", "..\\outside\\secret", opened(3, 1, "..\\outside\\secret", 0, READ));
	say("open device name", "C:/", opened(3, 1, "C:/", 0, READ));
	say("open spaces", ".. /outside/secret", opened(3, 1, ".. /outside/secret", 0, READ));
	say("open dots", ".../secret", opened(3, 1, ".../secret", 0, READ));
	// Special files in the directory itself.
	say("open socket", "sock", opened(3, 1, "sock", 0, READ));
	say("open socket for writing", "sock", opened(3, 1, "sock", 0, WRITE));
	// Slashes at the end.
	static const char *const slashes[] = {"own/", "sub/", "none/", "sub//", "own//", "sub/none/"};
	for (unsigned i = 0; i < sizeof slashes / sizeof *slashes; i++) {
		const char *p = slashes[i];
		say("open", p, opened(3, 1, p, 0, READ));
		say("create", p, opened(3, 1, p, CREAT, WRITE));
		say("create directory", p, opened(3, 1, p, CREAT | DIRECTORY, READ));
		say("unlink", p, path_unlink_file(3, P(p)));
		say("symlink at", p, path_symlink(P("x"), 3, P(p)));
		say("link own at", p, path_link(3, 0, P("own"), 3, P(p)));
	}
	say("rename a file", "own/", path_rename(3, P("own/"), 3, P("x")));
	say("link a file", "own/", path_link(3, 0, P("own/"), 3, P("x")));
	say("rename a file to other", "own/", path_rename(3, P("own/"), 5, P("x")));
	// From one given directory to another.
	say("rename to other", "own", path_rename(3, P("own"), 5, P("x")));
	say("rename back", "x", path_rename(5, P("x"), 3, P("own")));
	say("link to other", "own", path_link(3, 0, P("own"), 5, P("x")));
	say("unlink", "x", path_unlink_file(5, P("x")));
	say("link a link out to other", "abs", path_link(3, 0, P("abs"), 5, P("x")));
	say("open", "x", opened(5, 1, "x", 0, READ));
	say("rename a link out", "x", path_rename(5, P("x"), 3, P("sub/x")));
	say("open", "sub/x", opened(3, 1, "sub/x", 0, READ));
	// What may only be read.
	struct { const char *p; u32 n; } iov = {"gone", 4};
	u32 f = ~0;
	say("read only: open", "f", path_open(4, 1, P("f"), 0, READ, 0, 0, &f));
	say("read only: write", "f", fd_pwrite(f, &iov, 1, 0, &n));
	say("read only: set size", "f", fd_filestat_set_size(f, 0));
	say("read only: open for writing", "f", opened(4, 1, "f", 0, WRITE));
	say("read only: open for both", "f", opened(4, 1, "f", 0, READ | WRITE));
	say("read only: truncate", "f", opened(4, 1, "f", TRUNC, READ));
	say("read only: create", "new", opened(4, 1, "new", CREAT, READ));
	say("read only: create for writing", "new", opened(4, 1, "new", CREAT, WRITE));
	say("read only: mkdir", "new", path_create_directory(4, P("new")));
	say("read only: rmdir", "dir", path_remove_directory(4, P("dir")));
	say("read only: unlink", "f", path_unlink_file(4, P("f")));
	say("read only: rename", "f", path_rename(4, P("f"), 4, P("g")));
	say("read only: rename away", "f", path_rename(4, P("f"), 3, P("g")));
	say("read only: rename in", "own", path_rename(3, P("own"), 4, P("g")));
	say("read only: link", "f", path_link(4, 0, P("f"), 4, P("g")));
	say("read only: link away", "f", path_link(4, 0, P("f"), 3, P("g")));
	say("read only: link in", "own", path_link(3, 0, P("own"), 4, P("g")));
	say("read only: symlink", "g", path_symlink(P("f"), 4, P("g")));
	say("read only: set times", "f", path_filestat_set_times(4, 1, P("f"), 0, 0, 10));
	u32 rodir = open_dir(4, "dir");
	say("read only, below: create", "new", opened(rodir, 1, "new", CREAT, WRITE));
	say("read only, below: mkdir", "new", path_create_directory(rodir, P("new")));
	say("read only, below: unlink", "g", path_unlink_file(rodir, P("g")));
	// Files opened for one thing are not used for another.
	u32 r = ~0, w = ~0;
	path_open(3, 1, P("own"), 0, READ, 0, 0, &r);
	path_open(3, 1, P("own"), 0, WRITE, 0, 0, &w);
	char got[8];
	struct { char *p; u32 n; } in = {got, 8};
	say("write what is open for reading", "own", fd_pwrite(r, &iov, 1, 0, &n));
	say("set size of what is open for reading", "own", fd_filestat_set_size(r, 1));
	say("read what is open for writing", "own", fd_read(w, &in, 1, &n));
	say("open below a file", "x", opened(r, 1, "x", 0, READ));
	say("list a file", "own", fd_readdir(r, buf, sizeof buf, 0, &n));
	say("read a directory", "sub", fd_read(sub, &in, 1, &n));
	say("write a directory", "sub", fd_pwrite(sub, &iov, 1, 0, &n));
	// Descriptors that are not open, or not directories.
	static const u32 bad[] = {0, 1, 2, 99, 0x7fffffff, 0xffffffff};
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		sprintf(buf, "%u", bad[i]);
		say("open in descriptor", buf, opened(bad[i], 1, "etc/passwd", 0, READ));
		say("mkdir in descriptor", buf, path_create_directory(bad[i], P("x")));
	}
	return 0;
}
