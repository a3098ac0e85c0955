/* f32: a bank of biquad filters over noise, and an escape-time fractal. */
#include "kernel.h"
static float z1[16], z2[16], b0[16], a1[16], a2[16], buf[1024];
NOINLINE static float filter(void) {
  float acc = 0;
  for (int i = 0; i < 1024; i++) {
    float x = buf[i];
    for (int k = 0; k < 16; k++) {
      float y = b0[k] * x + z1[k];
      z1[k] = z2[k] - a1[k] * y; z2[k] = b0[k] * x - a2[k] * y;
      acc += y;
    }
    buf[i] = acc * 0.001f - buf[i] * 0.5f;
  }
  return acc;
}
NOINLINE static uint32_t escape(float cx, float cy) {
  float x = 0, y = 0; uint32_t i = 0;
  while (i < 200 && x * x + y * y < 4.0f) { float t = x * x - y * y + cx; y = 2.0f * x * y + cy; x = t; i++; }
  return i;
}
uint32_t run(uint32_t n) {
  uint32_t x = 5, r = 0; float acc = 0;
  for (int i = 0; i < 1024; i++) { x = x * 1664525u + 1013904223u; buf[i] = (float)(int32_t)x * (1.0f / 4294967296.0f); }
  for (int k = 0; k < 16; k++) { z1[k] = z2[k] = 0; b0[k] = 0.05f + 0.01f * k; a1[k] = -0.5f + 0.04f * k; a2[k] = 0.2f - 0.02f * k; }
  for (uint32_t t = 0; t < n; t++) {
    acc += filter();
    for (int i = 0; i < 64; i++) r = r * 31 + escape(-2.0f + 0.05f * i, -1.2f + 0.003f * (t & 1023));
  }
  union { float f; uint32_t u; } v; v.f = acc;
  return r ^ v.u;
}
