/* f64 throughput: products of 120x120 matrices. */
#include "kernel.h"
#define D 120
static double a[D][D], b[D][D], c[D][D];
NOINLINE static void mul(void) {
  for (int i = 0; i < D; i++)
    for (int j = 0; j < D; j++) {
      double s = 0;
      for (int k = 0; k < D; k++) s += a[i][k] * b[k][j];
      c[i][j] = s;
    }
}
uint32_t run(uint32_t n) {
  double t = 0;
  for (int i = 0; i < D; i++) for (int j = 0; j < D; j++) { a[i][j] = 0.01 * (i - j); b[i][j] = 0.5 - 0.003 * (i * j % 97); }
  for (uint32_t r = 0; r < n; r++) { mul(); a[r % D][(r * 7) % D] += 0.125; t += c[r % D][(r * 3) % D]; }
  return foldd(t);
}
