/* Dispatch: an interpreter with a switch of 20 cases, which runs a small
 * program (sieve-like loops over its own memory) n times. */
#include "kernel.h"
enum { HALT, PUSH, POP, DUP, SWAP, ADD, SUB, MUL, AND, XOR, SHR, LT, EQ, JMP, JZ, LOAD, STORE, GET, SET, INC };
static int32_t stack[256], mem[4096], var[8];
static const int32_t code[] = {
  PUSH, 0, SET, 0,                               /* sum = 0 */
  PUSH, 0, SET, 1,                               /* i = 0 */
  /* 8: */ GET, 1, PUSH, 2000, LT, JZ, 55,       /* while i < 2000 */
  GET, 1, GET, 1, MUL, GET, 0, XOR, GET, 1, STORE, /* mem[i] = i*i ^ sum */
  GET, 1, LOAD, PUSH, 3, SHR, GET, 0, ADD, SET, 0, /* sum += mem[i] >> 3 */
  GET, 0, PUSH, 1, AND, JZ, 51,                  /* if sum & 1 */
  GET, 0, PUSH, 7, SUB, SET, 0,                  /* sum -= 7 */
  /* 51: */ INC, 1, JMP, 8,
  /* 55: */ GET, 0, HALT};
NOINLINE static int32_t interp(const int32_t *c) {
  int32_t *s = stack; int32_t pc = 0, a;
  for (;;) switch (c[pc++]) {
    case HALT: return s[-1];
    case PUSH: *s++ = c[pc++]; break;
    case POP: s--; break;
    case DUP: *s = s[-1]; s++; break;
    case SWAP: a = s[-1]; s[-1] = s[-2]; s[-2] = a; break;
    case ADD: s--; s[-1] = (int32_t)((uint32_t)s[-1] + (uint32_t)s[0]); break;
    case SUB: s--; s[-1] = (int32_t)((uint32_t)s[-1] - (uint32_t)s[0]); break;
    case MUL: s--; s[-1] = (int32_t)((uint32_t)s[-1] * (uint32_t)s[0]); break;
    case AND: s--; s[-1] &= s[0]; break;
    case XOR: s--; s[-1] ^= s[0]; break;
    case SHR: s--; s[-1] = (int32_t)((uint32_t)s[-1] >> (s[0] & 31)); break;
    case LT: s--; s[-1] = s[-1] < s[0]; break;
    case EQ: s--; s[-1] = s[-1] == s[0]; break;
    case JMP: pc = c[pc]; break;
    case JZ: a = c[pc++]; if (!*--s) pc = a; break;
    case LOAD: s[-1] = mem[s[-1] & 4095]; break;
    case STORE: s -= 2; mem[s[1] & 4095] = s[0]; break;
    case GET: *s++ = var[c[pc++]]; break;
    case SET: var[c[pc++]] = *--s; break;
    case INC: var[c[pc++]]++; break;
    default: return -1;
  }
}
uint32_t run(uint32_t n) {
  uint32_t r = 0;
  for (uint32_t i = 0; i < n; i++) { mem[i & 4095] ^= (int32_t)i; r = r * 31 + (uint32_t)interp(code); }
  return r;
}
