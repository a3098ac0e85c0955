// Prints what it was given: arguments, environment, directories and what can be done in them, listening sockets.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wasi/api.h>

extern char **environ;

int main(int argc, char **argv) {
	for (int i = 0; i < argc; i++)
		printf("arg %s\n", argv[i]);
	for (char **e = environ; *e; e++)
		printf("env %s\n", *e);
	for (int fd = 3;; fd++) {
		__wasi_prestat_t p;
		if (__wasi_fd_prestat_get(fd, &p) != 0) {
			__wasi_fdstat_t st;
			if (__wasi_fd_fdstat_get(fd, &st) != 0)
				break;
			int c = accept(fd, NULL, NULL);
			char b[100];
			ssize_t n = c < 0 ? -1 : recv(c, b, sizeof b, 0);
			printf("socket: %.*s\n", (int)(n < 0 ? 0 : n), b);
			if (n > 0)
				send(c, b, n, 0);
			close(c);
			continue;
		}
		char name[200] = {0};
		if (__wasi_fd_prestat_dir_name(fd, (uint8_t *)name, p.u.dir.pr_name_len) != 0)
			return 1;
		printf("dir %s", name);
		int f = openat(fd, "file", O_RDONLY);
		printf(" read %s", f >= 0 ? "yes" : strerror(errno));
		close(f);
		f = openat(fd, "new", O_WRONLY | O_CREAT, 0666);
		printf(" write %s\n", f >= 0 ? "yes" : strerror(errno));
		close(f);
	}
	return 0;
}
