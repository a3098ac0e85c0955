/* String search: byte scan, Horspool, and a backtracking glob matcher over
 * 64 KiB of words. */
#include "kernel.h"
#define SZ (64 << 10)
static char text[SZ + 1];
static const char *const words[] = {"lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed", "eiusmod", "tempor", "incididunt", "labore", "magna", "aliqua", "xyzzy"};
static uint32_t len(const char *s) { uint32_t n = 0; while (s[n]) n++; return n; }
NOINLINE static uint32_t naive(const char *t, const char *p) {
  uint32_t c = 0;
  for (; *t; t++) { const char *a = t, *b = p; while (*b && *a == *b) a++, b++; c += !*b; }
  return c;
}
static uint8_t skip[256];
NOINLINE static uint32_t horspool(const char *t, uint32_t n, const char *p, uint32_t m) {
  uint32_t c = 0;
  for (int i = 0; i < 256; i++) skip[i] = (uint8_t)m;
  for (uint32_t i = 0; i + 1 < m; i++) skip[(uint8_t)p[i]] = (uint8_t)(m - 1 - i);
  for (uint32_t i = 0; i + m <= n; i += skip[(uint8_t)t[i + m - 1]]) {
    uint32_t k = m; while (k && t[i + k - 1] == p[k - 1]) k--;
    c += !k;
  }
  return c;
}
NOINLINE static int glob(const char *p, const char *s, const char *e) {
  const char *star = 0, *back = s;
  while (s < e) {
    if (*p == '?' || *p == *s) p++, s++;
    else if (*p == '*') star = p++, back = s;
    else if (star) p = star + 1, s = ++back;
    else return 0;
  }
  while (*p == '*') p++;
  return !*p;
}
uint32_t run(uint32_t n) {
  uint32_t x = 11, r = 0, o = 0;
  while (o < SZ - 16) {
    x = x * 1664525u + 1013904223u;
    const char *w = words[(x >> 20) % 15];
    while (*w) text[o++] = *w++;
    text[o++] = ' ';
  }
  text[o] = 0;
  for (uint32_t t = 0; t < n; t++) {
    for (int k = 0; k < 16; k++) { r = r * 31 + horspool(text, o, words[k], len(words[k])); if (k % 4 == (int)(t & 3)) r += naive(text, words[k]); }
    for (uint32_t i = 0; i + 256 < o; i += 256) r += (uint32_t)glob("*d?l*amet*e*it*", text + i, text + i + 256);
    text[(t * 7919u) % o] = 'q';
  }
  return r;
}
