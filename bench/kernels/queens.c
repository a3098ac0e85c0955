/* Recursion with memory: N queens with arrays on the stack, and permutations by
 * exchange with an array that callees change. */
#include "kernel.h"
NOINLINE static uint32_t place(uint32_t row, uint32_t n, const uint8_t *above) {
  uint8_t board[16]; uint32_t c = 0;
  if (row == n) return 1;
  for (uint32_t i = 0; i < row; i++) board[i] = above[i];
  for (uint32_t x = 0; x < n; x++) {
    uint32_t i = 0;
    for (; i < row; i++) { int32_t d = (int32_t)board[i] - (int32_t)x; if (!d || d == (int32_t)(row - i) || d == -(int32_t)(row - i)) break; }
    if (i < row) continue;
    board[row] = (uint8_t)x;
    c += place(row + 1, n, board);
  }
  return c;
}
static int32_t p[12];
NOINLINE static uint32_t perm(int k, uint32_t r) {
  if (k == 1) { for (int i = 0; i < 8; i++) r = r * 33 + (uint32_t)p[i]; return r; }
  for (int i = 0; i < k; i++) {
    r = perm(k - 1, r);
    int j = k & 1 ? 0 : i, t = p[j]; p[j] = p[k - 1]; p[k - 1] = t;
  }
  return r;
}
uint32_t run(uint32_t n) {
  uint32_t r = 0;
  for (uint32_t t = 0; t < n; t++) {
    uint8_t none[1] = {0};
    r = r * 31 + place(0, 8, none);
    for (int i = 0; i < 8; i++) p[i] = i + (int)t;
    r = perm(8, r);
  }
  return r;
}
