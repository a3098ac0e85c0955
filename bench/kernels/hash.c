/* A hash table with open addressing and tombstones, keys of 64 bits: inserts,
 * look-ups and removals, growing from 16 slots. */
#include "kernel.h"
#define MAX (1u << 17)
typedef struct { uint64_t key; uint32_t val, state; } slot;
static slot area[2][MAX];
static slot *tab; static uint32_t cap, used, live, which;
static inline uint32_t h(uint64_t k) { k ^= k >> 33; k *= 0xff51afd7ed558ccdull; k ^= k >> 33; return (uint32_t)k; }
NOINLINE static slot *find(uint64_t k) {
  uint32_t i = h(k) & (cap - 1);
  while (tab[i].state) { if (tab[i].state == 1 && tab[i].key == k) return &tab[i]; i = (i + 1) & (cap - 1); }
  return 0;
}
static void put(uint64_t k, uint32_t v);
NOINLINE static void rehash(void) {
  slot *old = tab; uint32_t n = cap;
  if (live * 2 >= cap && cap < MAX) cap *= 2;
  which ^= 1; tab = area[which]; used = live = 0;
  for (uint32_t i = 0; i < cap; i++) tab[i].state = 0;
  for (uint32_t i = 0; i < n; i++) if (old[i].state == 1) put(old[i].key, old[i].val);
}
static void put(uint64_t k, uint32_t v) {
  slot *s = find(k);
  if (s) { s->val += v; return; }
  if (used * 4 >= cap * 3) rehash();
  uint32_t i = h(k) & (cap - 1);
  while (tab[i].state) i = (i + 1) & (cap - 1);
  tab[i].key = k; tab[i].val = v; tab[i].state = 1; used++; live++;
}
static void del(uint64_t k) { slot *s = find(k); if (s) { s->state = 2; live--; } }
uint32_t run(uint32_t n) {
  uint64_t x = 0x9e3779b97f4a7c15ull; uint32_t r = 0;
  tab = area[0]; cap = 16; used = live = which = 0;
  for (uint32_t i = 0; i < 16; i++) tab[i].state = 0;
  for (uint32_t i = 0; i < n; i++) {
    x ^= x << 13; x ^= x >> 7; x ^= x << 17;
    uint64_t k = (x >> 20) % 50000;
    switch (x & 3) {
    case 0: case 1: put(k * 0x100000001ull, i); break;
    case 2: { slot *s = find(k * 0x100000001ull); if (s) r = r * 31 + s->val; break; }
    default: del(k * 0x100000001ull);
    }
  }
  return r + live;
}
