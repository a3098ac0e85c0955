/* Calls through a table: a pipeline of small functions that the data chooses,
 * and an object graph of virtual calls; n passes over 4096 words. */
#include "kernel.h"
typedef uint32_t (*op)(uint32_t, uint32_t);
NOINLINE static uint32_t add(uint32_t x, uint32_t y) { return x + y; }
NOINLINE static uint32_t sub(uint32_t x, uint32_t y) { return x - y * 3; }
NOINLINE static uint32_t mix(uint32_t x, uint32_t y) { return (x ^ y) * 2654435761u; }
NOINLINE static uint32_t rot(uint32_t x, uint32_t y) { uint32_t k = y & 31; return x << k | x >> ((32 - k) & 31); }
NOINLINE static uint32_t sel(uint32_t x, uint32_t y) { return x > y ? x - y : y - x; }
NOINLINE static uint32_t shr(uint32_t x, uint32_t y) { return (x >> 7) + y; }
NOINLINE static uint32_t xr(uint32_t x, uint32_t y) { return x ^ y << 1; }
NOINLINE static uint32_t inc(uint32_t x, uint32_t y) { return x + 1 + (y & 15); }
static const op ops[8] = {add, sub, mix, rot, sel, shr, xr, inc};
typedef struct shape { const struct vt *v; int32_t a, b; } shape;
struct vt { int32_t (*area)(const shape *); void (*grow)(shape *, int32_t); };
NOINLINE static int32_t rect_area(const shape *s) { return s->a * s->b; }
NOINLINE static void rect_grow(shape *s, int32_t d) { s->a = (s->a + d) & 1023; s->b = (s->b + 1) & 1023; }
NOINLINE static int32_t tri_area(const shape *s) { return s->a * s->b / 2; }
NOINLINE static void tri_grow(shape *s, int32_t d) { s->a = (s->a + 2 * d) & 511; }
NOINLINE static int32_t line_area(const shape *s) { return s->a; }
NOINLINE static void line_grow(shape *s, int32_t d) { s->a += d; s->b ^= s->a; }
static const struct vt vts[3] = {{rect_area, rect_grow}, {tri_area, tri_grow}, {line_area, line_grow}};
static shape shapes[512];
static uint32_t w[4096];
uint32_t run(uint32_t n) {
  uint32_t x = 1, r = 0;
  for (int i = 0; i < 4096; i++) { x = x * 1664525u + 1013904223u; w[i] = x >> 3; }
  for (int i = 0; i < 512; i++) { x = x * 1664525u + 1013904223u; shapes[i].v = &vts[(x >> 24) % 3]; shapes[i].a = i; shapes[i].b = (int32_t)(x >> 20) & 255; }
  for (uint32_t t = 0; t < n; t++) {
    for (int i = 0; i < 4096; i++) r = ops[(w[i] >> 5) & 7](r, w[i]);
    for (int i = 0; i < 512; i++) { r += (uint32_t)shapes[i].v->area(&shapes[i]); shapes[i].v->grow(&shapes[i], (int32_t)(r & 7)); }
    w[t & 4095] ^= r;
  }
  return r;
}
