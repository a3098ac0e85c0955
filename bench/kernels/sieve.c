/* Byte stores with strides: primes below 2^20, n times, then a prefix sum of gaps. */
#include "kernel.h"
#define M (1u << 20)
static uint8_t s[M];
static uint16_t gap[100000];
uint32_t run(uint32_t n) {
  uint32_t r = 0;
  for (uint32_t t = 0; t < n; t++) {
    for (uint32_t i = 0; i < M; i++) s[i] = 1;
    for (uint32_t i = 2; i * i < M; i++) if (s[i]) for (uint32_t j = i * i; j < M; j += i) s[j] = 0;
    uint32_t k = 0, last = 2;
    for (uint32_t i = 2; i < M; i++) if (s[i]) { gap[k++] = (uint16_t)(i - last); last = i; }
    for (uint32_t i = 1; i < k; i++) gap[i] = (uint16_t)(gap[i] + gap[i - 1]);
    r = r * 31 + gap[k - 1 - t % 100] + k;
  }
  return r;
}
