/* An allocator (segregated free lists with splitting and joining) under binary
 * trees and strings of changing size. */
#include "kernel.h"
#define HEAP (4u << 20)
typedef struct block { uint32_t size, prev; struct block *next, *back; } block; /* size: low bit = in use; prev: size before */
static uint8_t heap[HEAP] __attribute__((aligned(16)));
static block *bins[20];
static inline int bin(uint32_t s) { int b = 28 - __builtin_clz(s); return b < 0 ? 0 : b > 19 ? 19 : b; }
static inline block *after(block *b) { return (block *)((uint8_t *)b + (b->size & ~1u)); }
static void link_(block *b) { int k = bin(b->size); b->next = bins[k]; b->back = 0; if (bins[k]) bins[k]->back = b; bins[k] = b; }
static void unlink_(block *b) { if (b->back) b->back->next = b->next; else bins[bin(b->size)] = b->next; if (b->next) b->next->back = b->back; }
NOINLINE static void *get(uint32_t n) {
  n = (n + 8 + 15) & ~15u; if (n < 32) n = 32;
  for (int k = bin(n); k < 20; k++)
    for (block *b = bins[k]; b; b = b->next)
      if (b->size >= n) {
        unlink_(b);
        if (b->size - n >= 32) {
          uint32_t rest = b->size - n;
          b->size = n;
          block *r = after(b); r->size = rest; r->prev = n; after(r)->prev = rest;
          link_(r);
        }
        b->size |= 1;
        return (uint8_t *)b + 8;
      }
  return 0;
}
NOINLINE static void put(void *p) {
  if (!p) return;
  block *b = (block *)((uint8_t *)p - 8);
  b->size &= ~1u;
  block *a = after(b);
  if (!(a->size & 1)) { unlink_(a); b->size += a->size; }
  if (b->prev) { block *q = (block *)((uint8_t *)b - b->prev); if (!(q->size & 1)) { unlink_(q); q->size += b->size; b = q; } }
  after(b)->prev = b->size;
  link_(b);
}
typedef struct node { struct node *l, *r; uint32_t v; } node;
NOINLINE static node *tree(int d, uint32_t v) {
  node *t = get(sizeof(void *) == 4 ? sizeof(node) + 12 : sizeof(node));
  t->v = v; t->l = d ? tree(d - 1, v * 2) : 0; t->r = d ? tree(d - 1, v * 2 + 1) : 0;
  return t;
}
NOINLINE static uint32_t sum(node *t) { uint32_t s = t->v; if (t->l) s += sum(t->l) * 3 + sum(t->r); put(t); return s; }
uint32_t run(uint32_t n) {
  uint32_t r = 0, x = 3;
  static uint8_t *strs[256];
  for (int i = 0; i < 20; i++) bins[i] = 0;
  for (int i = 0; i < 256; i++) strs[i] = 0;
  block *b = (block *)heap; b->size = HEAP - 32; b->prev = 0; after(b)->size = 1; after(b)->prev = b->size; link_(b);
  for (uint32_t t = 0; t < n; t++) {
    node *k = tree(9, t);
    for (int i = 0; i < 400; i++) {
      x = x * 1664525u + 1013904223u;
      uint32_t j = x >> 24, l = 1 + (x >> 12) % 300;
      put(strs[j]);
      strs[j] = get(l);
      for (uint32_t c = 0; c < l; c += 8) strs[j][c] = (uint8_t)(x + c);
      r = r * 31 + strs[j][l / 2 & ~7u];
    }
    r ^= sum(k);
  }
  return r;
}
