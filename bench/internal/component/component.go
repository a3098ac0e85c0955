// Package component makes components around the core modules of the benchmark.
package component

// Wrap makes a component of a core module that exports run(i32) -> i32: it
// exports run: func(n: u32) -> u32.
func Wrap(core []byte) []byte {
	out := []byte("\x00asm\x0d\x00\x01\x00")
	section := func(id byte, b ...byte) {
		out = append(append(out, id), leb(len(b))...)
		out = append(out, b...)
	}
	section(1, core...)
	section(2, 1, 0, 0, 0)                                // instantiate module 0
	section(6, 1, 0, 0, 1, 0, 3, 'r', 'u', 'n')           // alias its export
	section(7, 1, 0x40, 1, 1, 'n', 0x79, 0, 0x79)         // func(n: u32) -> u32
	section(8, 1, 0, 0, 0, 0, 0)                          // canon lift
	section(11, 1, 0, 3, 'r', 'u', 'n', 0x01, 0x00, 0x00) // export
	return out
}

func leb(n int) (b []byte) {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}
