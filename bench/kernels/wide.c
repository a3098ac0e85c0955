/* 64- and 128-bit integers: modular powers with 64x64->128 products out of
 * 32-bit halves, Montgomery form, and xorshift generators. */
#include "kernel.h"
typedef struct { uint64_t lo, hi; } u128;
static inline u128 mulw(uint64_t a, uint64_t b) {
  uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
  uint64_t ll = al * bl, lh = al * bh, hl = ah * bl, hh = ah * bh;
  uint64_t m = (ll >> 32) + (uint32_t)lh + (uint32_t)hl;
  u128 r = {(uint32_t)ll | m << 32, hh + (lh >> 32) + (hl >> 32) + (m >> 32)};
  return r;
}
static uint64_t N, NI;
static inline uint64_t redc(u128 t) {
  uint64_t m = t.lo * NI;
  u128 mn = mulw(m, N);
  uint64_t lo = t.lo + mn.lo, c = lo < mn.lo, hi = t.hi + mn.hi, o = hi < mn.hi;
  hi += c; o += hi < c;
  return o || hi >= N ? hi - N : hi;
}
NOINLINE static uint64_t power(uint64_t b, uint64_t e) {
  uint64_t r = 1 + (0 - N) % N;
  while (e) { if (e & 1) r = redc(mulw(r, b)); b = redc(mulw(b, b)); e >>= 1; }
  return r;
}
uint32_t run(uint32_t n) {
  uint64_t x = 88172645463325252ull, r = 0;
  for (uint32_t i = 0; i < n; i++) {
    x ^= x << 13; x ^= x >> 7; x ^= x << 17;
    N = x | 1 | 1ull << 63; NI = N;
    for (int k = 0; k < 5; k++) NI *= 2 - N * NI;
    NI = 0 - NI;
    r = (r << 7 | r >> 57) + power(x % N, x >> 3 | 1);
    r ^= (uint64_t)__builtin_clzll(r | 1) << 20 ^ (uint64_t)__builtin_popcountll(x) ^ (uint64_t)__builtin_ctzll(x | 1 << 20);
    r += x / ((r >> 40) + 3);
  }
  return fold64(r);
}
