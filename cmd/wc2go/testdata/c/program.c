// A program that uses much of the C library. TestC compiles it for this machine and, with wasi-libc, to a module of
// preview 1, and compares what the two print.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void check(int ok, const char *what) {
	if (!ok) {
		printf("%s: errno %s\n", what, strerror(errno));
		exit(9);
	}
}

static void list(const char *dir) {
	char *names[100];
	int n = 0;
	DIR *d = opendir(dir);
	check(d != NULL, "opendir");
	for (struct dirent *e; (e = readdir(d)) != NULL && n < 100;)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
			names[n] = malloc(strlen(e->d_name) + 3);
			sprintf(names[n++], "%s %c", e->d_name, e->d_type == DT_DIR ? 'd' : e->d_type == DT_LNK ? 'l' : 'f');
		}
	closedir(d);
	qsort(names, n, sizeof *names, compare);
	for (int i = 0; i < n; i++) {
		printf("%s/%s\n", dir, names[i]);
		free(names[i]);
	}
}

int main(int argc, char **argv) {
	for (int i = 1; i < argc; i++)
		printf("arg %d: %s\n", i, argv[i]);
	printf("LEVEL=%s NONE=%s\n", getenv("LEVEL"), getenv("NONE") ? "set" : "unset");

	// Numbers and text.
	printf("%d %u %lld %#x %08.3f %g %e [%10s] [%-6.2s]\n", -42, 4000000000u, -(1ll << 62), 255, M_PI, 1e100, 1.0 / 3, "right", "left");
	printf("%.10f %.10f %.10f %.10f\n", sin(1), pow(2, 0.5), fmod(-7, 3), cbrt(27));
	long long n;
	double d;
	char word[20];
	printf("%d\n", sscanf("17 2.5e3 word", "%lld %lf %19s", &n, &d, word));
	printf("%lld %.1f %s %ld %.3f\n", n, d, word, strtol("-0x7fx", NULL, 16), strtod("1e-3", NULL));

	// A large heap.
	unsigned sum = 0, state = 1;
	char **words = malloc(20000 * sizeof *words);
	for (int i = 0; i < 20000; i++) {
		state = state * 1664525 + 1013904223;
		words[i] = malloc(1 + state % 300);
		sprintf(words[i], "%x", state & 0xff);
	}
	qsort(words, 20000, sizeof *words, compare);
	for (int i = 0; i < 20000; i++) {
		sum = sum * 31 + words[i][0];
		free(words[i]);
	}
	free(words);
	printf("sum %08x\n", sum);

	// Files.
	check(mkdir("d", 0777) == 0 && mkdir("d/e", 0777) == 0, "mkdir");
	FILE *f = fopen("d/file", "w+");
	check(f != NULL, "fopen");
	for (int i = 0; i < 1000; i++)
		fprintf(f, "line %d\n", i);
	check(fseek(f, -9, SEEK_END) == 0, "fseek");
	printf("%s", fgets(word, sizeof word, f));
	printf("at %ld\n", ftell(f));
	rewind(f);
	check(fscanf(f, "line %lld", &n) == 1 && n == 0, "fscanf");
	check(fclose(f) == 0, "fclose");
	int fd = open("d/file", O_WRONLY | O_APPEND);
	check(fd >= 0 && write(fd, "end\n", 4) == 4 && close(fd) == 0, "append");
	struct stat st;
	check(stat("d/file", &st) == 0, "stat");
	printf("size %lld regular %d links %d\n", (long long)st.st_size, S_ISREG(st.st_mode), (int)st.st_nlink);
	check(symlink("file", "d/link") == 0 && link("d/file", "d/hard") == 0, "link");
	check(lstat("d/link", &st) == 0 && S_ISLNK(st.st_mode), "lstat");
	check(stat("d/hard", &st) == 0, "stat");
	printf("links %d\n", (int)st.st_nlink);
	ssize_t k = readlink("d/link", word, sizeof word);
	printf("link %.*s\n", (int)k, word);
	check(truncate("d/file", 5) == 0 && stat("d/link", &st) == 0, "truncate");
	printf("size %lld\n", (long long)st.st_size);
	struct timespec times[2] = {{100, 0}, {200, 300000}};
	check(utimensat(AT_FDCWD, "d/file", times, 0) == 0 && stat("d/file", &st) == 0, "utimensat");
	printf("times %lld %lld.%09ld\n", (long long)st.st_atim.tv_sec, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	list("d");
	check(rename("d/file", "d/e/moved") == 0, "rename");
	list("d");
	list("d/e");
	char buf[10];
	fd = open("d/e/moved", O_RDWR);
	check(fd >= 0 && pwrite(fd, "XY", 2, 1) == 2 && pread(fd, buf, 5, 0) == 5, "pread");
	printf("%.5s\n", buf);
	close(fd);
	// Errors.
	printf("%d", open("none", O_RDONLY) < 0 && errno == ENOENT);
	printf("%d", open("d", O_WRONLY) < 0 && errno == EISDIR);
	printf("%d", mkdir("d", 0777) < 0 && errno == EEXIST);
	printf("%d", rmdir("d") < 0 && errno == ENOTEMPTY);
	printf("%d", open("d/hard/x", O_RDONLY) < 0 && errno == ENOTDIR);
	printf("%d", open("d/e/moved", O_CREAT | O_EXCL | O_WRONLY, 0666) < 0 && errno == EEXIST);
	printf("%d", close(77) < 0 && errno == EBADF);
	printf("%d", lseek(0, 0, SEEK_SET) < 0 && errno == ESPIPE);
	printf("%d\n", rmdir("d/hard") < 0 && errno == ENOTDIR);
	check(unlink("d/e/moved") == 0 && unlink("d/hard") == 0 && unlink("d/link") == 0 && rmdir("d/e") == 0 && rmdir("d") == 0, "remove");

	// Time.
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	struct timespec nap = {0, 20000000};
	nanosleep(&nap, NULL);
	clock_gettime(CLOCK_MONOTONIC, &b);
	double slept = (b.tv_sec - a.tv_sec) + (b.tv_nsec - a.tv_nsec) / 1e9;
	printf("slept %d %d\n", slept >= 0.02, slept < 5);
	time_t t = 86400 * 365;
	char date[40];
	strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", gmtime(&t));
	printf("%s %d\n", date, time(NULL) > 1700000000);
	struct pollfd p = {0, POLLIN, 0};
	printf("poll %d\n", poll(&p, 1, 5000));

	// Standard input.
	char line[100];
	int lines = 0;
	while (fgets(line, sizeof line, stdin) != NULL)
		printf("%d: %s", ++lines, line);
	printf("\n");
	fprintf(stderr, "to stderr\n");
	return 40 + lines;
}
