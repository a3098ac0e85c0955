// A program that traps in nested calls; its debug information is tested.
typedef unsigned int u32;

static u32 table[4] = {1, 2, 3, 4};

static inline u32 fetch(const volatile u32 *p, u32 i) {
	return p[i]; // line 7
}

__attribute__((noinline)) u32 inner(u32 i) {
	u32 a = fetch(table, i & 3);
	return a + fetch(table, i * 16); // line 12
}

__attribute__((noinline)) u32 middle(u32 n) {
	if (n == 0)
		__builtin_trap(); // line 17
	u32 r = inner(n);
	return r * 2 + 1;
}

__attribute__((noinline)) u32 divide(u32 a, u32 b) {
	u32 q = a + 1;
	return q / b; // line 24
}

__attribute__((export_name("load"))) u32 run_load(u32 n) {
	return middle(n) + 1; // line 28
}

__attribute__((export_name("div"))) u32 run_div(u32 n) {
	return divide(middle(5), n) + 1;
}

__attribute__((noinline)) u32 busy(u32 n) {
	u32 x = 1;
	for (u32 i = 0; i < n; i++)
		x = x * 1664525u + 1013904223u + (x >> 7);
	return x;
}

__attribute__((export_name("spin"))) u32 run_spin(u32 n) {
	return busy(n) | 1;
}
