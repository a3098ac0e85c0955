// A component that uses wasi:sockets, timers and stdin through the canonical ABI, without a library. net.mjs makes
// net.wasm of it and net.wit.
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned u32;
typedef unsigned long long u64;

#define IMPORT(module, name) __attribute__((import_module("wasi:" module "@0.2.12"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

// An ip-socket-address as parameters: the case, then those of the larger case, ipv6.
#define ADDRESS u32 kind, u32 a0, u32 a1, u32 a2, u32 a3, u32 a4, u32 a5, u32 a6, u32 a7, u32 a8, u32 a9, u32 a10
#define LOCALHOST(port) 0, port, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0

IMPORT("io/poll", "poll") void poll(u32 *list, u32 n, void *ret);
IMPORT("io/poll", "[method]pollable.block") void block(u32 self);
IMPORT("io/poll", "[resource-drop]pollable") void drop_pollable(u32 self);
IMPORT("io/streams", "[method]input-stream.blocking-read") void blocking_read(u32 self, u64 len, void *ret);
IMPORT("io/streams", "[method]input-stream.subscribe") u32 subscribe_input(u32 self);
IMPORT("io/streams", "[resource-drop]input-stream") void drop_input(u32 self);
IMPORT("io/streams", "[method]output-stream.check-write") void check_write(u32 self, void *ret);
IMPORT("io/streams", "[method]output-stream.write") void write(u32 self, void *p, u32 n, void *ret);
IMPORT("io/streams", "[method]output-stream.subscribe") u32 subscribe_output(u32 self);
IMPORT("io/streams", "[method]output-stream.blocking-flush") void blocking_flush(u32 self, void *ret);
IMPORT("io/streams", "[method]output-stream.blocking-splice") void blocking_splice(u32 self, u32 from, u64 n, void *ret);
IMPORT("io/streams", "[resource-drop]output-stream") void drop_output(u32 self);
IMPORT("io/error", "[resource-drop]error") void drop_error(u32 self);
IMPORT("cli/stdin", "get-stdin") u32 get_stdin(void);
IMPORT("clocks/monotonic-clock", "subscribe-duration") u32 subscribe_duration(u64 ns);
IMPORT("sockets/instance-network", "instance-network") u32 instance_network(void);
IMPORT("sockets/tcp-create-socket", "create-tcp-socket") void create_tcp_socket(u32 family, void *ret);
IMPORT("sockets/tcp", "[method]tcp-socket.start-bind") void tcp_start_bind(u32 self, u32 network, ADDRESS, void *ret);
IMPORT("sockets/tcp", "[method]tcp-socket.finish-bind") void tcp_finish_bind(u32 self, void *ret);
IMPORT("sockets/tcp", "[method]tcp-socket.start-listen") void tcp_start_listen(u32 self, void *ret);
IMPORT("sockets/tcp", "[method]tcp-socket.finish-listen") void tcp_finish_listen(u32 self, void *ret);
IMPORT("sockets/tcp", "[method]tcp-socket.start-connect") void tcp_start_connect(u32 self, u32 network, ADDRESS, void *ret);
IMPORT("sockets/tcp", "[method]tcp-socket.finish-connect") void tcp_finish_connect(u32 self, void *ret);
IMPORT("sockets/tcp", "[method]tcp-socket.accept") void tcp_accept(u32 self, void *ret);
IMPORT("sockets/tcp", "[method]tcp-socket.shutdown") void tcp_shutdown(u32 self, u32 how, void *ret);
IMPORT("sockets/tcp", "[method]tcp-socket.subscribe") u32 tcp_subscribe(u32 self);
IMPORT("sockets/tcp", "[resource-drop]tcp-socket") void drop_tcp(u32 self);
IMPORT("sockets/udp-create-socket", "create-udp-socket") void create_udp_socket(u32 family, void *ret);
IMPORT("sockets/udp", "[method]udp-socket.start-bind") void udp_start_bind(u32 self, u32 network, ADDRESS, void *ret);
IMPORT("sockets/udp", "[method]udp-socket.finish-bind") void udp_finish_bind(u32 self, void *ret);
IMPORT("sockets/udp", "[method]udp-socket.stream") void udp_stream(u32 self, u32 some, ADDRESS, void *ret);
IMPORT("sockets/udp", "[resource-drop]udp-socket") void drop_udp(u32 self);
IMPORT("sockets/udp", "[method]incoming-datagram-stream.receive") void udp_receive(u32 self, u64 max, void *ret);
IMPORT("sockets/udp", "[method]incoming-datagram-stream.subscribe") u32 udp_subscribe_in(u32 self);
IMPORT("sockets/udp", "[resource-drop]incoming-datagram-stream") void drop_udp_in(u32 self);
IMPORT("sockets/udp", "[method]outgoing-datagram-stream.check-send") void udp_check_send(u32 self, void *ret);
IMPORT("sockets/udp", "[method]outgoing-datagram-stream.send") void udp_send(u32 self, void *list, u32 n, void *ret);
IMPORT("sockets/udp", "[resource-drop]outgoing-datagram-stream") void drop_udp_out(u32 self);
IMPORT("sockets/ip-name-lookup", "resolve-addresses") void resolve_addresses(u32 network, char *name, u32 n, void *ret);
IMPORT("sockets/ip-name-lookup", "[method]resolve-address-stream.resolve-next-address") void resolve_next(u32 self, void *ret);
IMPORT("sockets/ip-name-lookup", "[method]resolve-address-stream.subscribe") u32 resolve_subscribe(u32 self);
IMPORT("sockets/ip-name-lookup", "[resource-drop]resolve-address-stream") void drop_resolve(u32 self);

// What the host passes lives until the instance ends.
static u8 heap[1 << 20];
static u32 top;

EXPORT("cabi_realloc") void *cabi_realloc(void *old, u32 size, u32 align, u32 want) {
	if (old && want <= size)
		return old;
	top = (top + align - 1) & -align;
	if (want > sizeof heap - top)
		__builtin_trap();
	u8 *p = heap + top;
	top += want;
	for (u32 i = 0; i < size; i++)
		p[i] = ((u8 *)old)[i];
	return p;
}

// The result of an export: ok or not, and two words of what it is.
static struct { u32 err, a, b; } result;
static void *failed(u32 code) { return result.err = 1, result.a = code, &result; }
static void *ok(u32 a, u32 b) { return result.err = 0, result.a = a, result.b = b, &result; }

// Results of imports. A result without a value has its error in the second byte, others
// with words in them have it in the second word.
static u8 ret[64] __attribute__((aligned(8)));
#define W(i) (((u32 *)ret)[i])
#define TRY(call) do { call; if (ret[0]) return failed(ret[1]); } while (0)
#define TRYW(call) do { call; if (ret[0]) return failed(ret[4]); } while (0)

enum { WOULD_BLOCK = 8 };
#define AWAIT(subscribe, call) for (;;) { call; if (!ret[0]) break; if (ret[4] != WOULD_BLOCK) return failed(ret[4]); wait(subscribe); }

static void wait(u32 pollable) {
	block(pollable);
	drop_pollable(pollable);
}

EXPORT("echo-once") void *echo_once(u32 port) {
	TRYW(create_tcp_socket(0, ret));
	u32 l = W(1), network = instance_network();
	TRY(tcp_start_bind(l, network, LOCALHOST(port), ret));
	TRY(tcp_finish_bind(l, ret));
	TRY(tcp_start_listen(l, ret));
	TRY(tcp_finish_listen(l, ret));
	AWAIT(tcp_subscribe(l), tcp_accept(l, ret));
	u32 s = W(1), in = W(2), out = W(3), total = 0;
	for (;;) {
		blocking_splice(out, in, 100000, ret);
		if (ret[0])
			break;
		total += W(2);
	}
	if (ret[8] == 0)
		__builtin_trap(); // not the end
	blocking_flush(out, ret);
	drop_input(in);
	drop_output(out);
	drop_tcp(s);
	drop_tcp(l);
	return ok(total, 0);
}

EXPORT("fetch") void *fetch(u32 port, char *request, u32 n) {
	TRYW(create_tcp_socket(0, ret));
	u32 s = W(1);
	TRY(tcp_start_connect(s, instance_network(), LOCALHOST(port), ret));
	AWAIT(tcp_subscribe(s), tcp_finish_connect(s, ret));
	u32 in = W(1), out = W(2);
	for (u32 at = 0; at < n;) {
		check_write(out, ret);
		if (ret[0])
			__builtin_trap();
		u32 k = W(2);
		if (k == 0) {
			wait(subscribe_output(out));
			continue;
		}
		if (k > n - at)
			k = n - at;
		write(out, request + at, k, ret);
		at += k;
	}
	TRY(tcp_shutdown(s, 1, ret));
	u8 *text = cabi_realloc(0, 0, 1, 100000);
	u32 got = 0;
	for (;;) {
		u32 mark = top;
		blocking_read(in, 1000, ret);
		if (ret[0])
			break;
		for (u32 i = 0; i < W(2) && got < 100000; i++)
			text[got++] = ((u8 *)W(1))[i];
		top = mark;
	}
	drop_input(in);
	drop_output(out);
	drop_tcp(s);
	return ok((u32)text, got);
}

struct datagram { u8 *data; u32 n; u32 some, kind; u16 port; u8 address[26]; };

static u32 bound(u32 port) {
	create_udp_socket(0, ret);
	u32 s = W(1);
	udp_start_bind(s, instance_network(), LOCALHOST(port), ret);
	if (!ret[0])
		udp_finish_bind(s, ret);
	return s;
}

EXPORT("udp-echo-once") void *udp_echo_once(u32 port) {
	u32 s;
	TRY(s = bound(port));
	TRYW(udp_stream(s, 0, LOCALHOST(0), ret));
	u32 in = W(1), out = W(2);
	do {
		wait(udp_subscribe_in(in));
		TRYW(udp_receive(in, 1, ret));
	} while (W(2) == 0);
	// An incoming-datagram: data, then its ip-socket-address.
	struct { u8 *data; u32 n, kind; u16 port; u8 address[26]; } *got = (void *)W(1);
	struct datagram answer = {got->data, got->n, 1, got->kind, got->port};
	for (int i = 0; i < 26; i++)
		answer.address[i] = got->address[i];
	udp_check_send(out, ret);
	TRYW(udp_send(out, &answer, 1, ret));
	drop_udp_in(in);
	drop_udp_out(out);
	drop_udp(s);
	return ok(answer.n, 0);
}

EXPORT("udp-fetch") void *udp_fetch(u32 port, u8 *message, u32 n) {
	u32 s;
	TRY(s = bound(0));
	TRYW(udp_stream(s, 1, LOCALHOST(port), ret));
	u32 in = W(1), out = W(2);
	struct datagram d = {message, n};
	udp_check_send(out, ret);
	udp_send(out, &d, 1, ret);
	if (ret[0])
		return failed(ret[8]);
	do {
		wait(udp_subscribe_in(in));
		TRYW(udp_receive(in, 1, ret));
	} while (W(2) == 0);
	u32 *got = (u32 *)W(1);
	drop_udp_in(in);
	drop_udp_out(out);
	drop_udp(s);
	return ok(got[0], got[1]);
}

EXPORT("lookup") void *lookup(char *name, u32 n) {
	enum { SIZE = 18 }; // of an ip-address
	TRYW(resolve_addresses(instance_network(), name, n, ret));
	u32 s = W(1), count = 0;
	u8 *list = cabi_realloc(0, 0, 2, 100 * SIZE);
	for (;;) {
		resolve_next(s, ret); // error or option in the second half-word, address in the third
		if (ret[0]) {
			if (ret[2] != WOULD_BLOCK)
				return failed(ret[2]);
			wait(resolve_subscribe(s));
			continue;
		}
		if (!ret[2] || count == 100)
			break;
		for (int i = 0; i < SIZE; i++)
			list[SIZE * count + i] = ret[4 + i];
		count++;
	}
	drop_resolve(s);
	return ok((u32)list, count);
}

EXPORT("sleep") void sleep(u64 ns) { wait(subscribe_duration(ns)); }

EXPORT("poll-many") void *poll_many(u32 timers, u64 ns) {
	u32 *list = cabi_realloc(0, 0, 4, 4 * (timers + 1)), stdin = get_stdin();
	list[0] = subscribe_input(stdin);
	for (u32 i = 0; i < timers; i++)
		list[i + 1] = subscribe_duration(ns * (i + 1));
	poll(list, timers + 1, ret);
	for (u32 i = 0; i <= timers; i++)
		drop_pollable(list[i]);
	drop_input(stdin);
	return ret;
}

EXPORT("read-stdin") u32 read_stdin(void) {
	u32 in = get_stdin(), total = 0;
	for (;;) {
		u32 mark = top;
		blocking_read(in, 1000, ret);
		if (ret[0])
			return total;
		total += W(2);
		top = mark;
	}
}
