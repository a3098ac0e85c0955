package abifuzz

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// typ is a value type of the generator: how WAT writes it, and how it is
// flattened (CanonicalABI.md, flatten_type).
type typ struct {
	wat  string
	flat []string
}

// gen makes one component.
type gen struct {
	r     *rand.Rand
	named []string // text of the types' definitions, in order
}

const (
	maxFlatParams = 16
	padding       = 17 // parameters that push the others into memory
)

var prims = []typ{
	{"bool", []string{"i32"}}, {"u8", []string{"i32"}}, {"s8", []string{"i32"}}, {"u16", []string{"i32"}}, {"s16", []string{"i32"}},
	{"u32", []string{"i32"}}, {"s32", []string{"i32"}}, {"u64", []string{"i64"}}, {"s64", []string{"i64"}}, {"f32", []string{"f32"}},
	{"f64", []string{"f64"}}, {"char", []string{"i32"}}, {"string", []string{"i32", "i32"}}, {"string", []string{"i32", "i32"}},
}

// typ makes a type whose nesting is at most depth.
func (g *gen) typ(depth int) typ {
	if depth == 0 || g.r.IntN(4) == 0 {
		return prims[g.r.IntN(len(prims))]
	}
	sub := func() typ { return g.typ(depth - 1) }
	switch g.r.IntN(11) {
	case 0, 1:
		return typ{"(list " + sub().wat + ")", []string{"i32", "i32"}}
	case 2:
		e, n := sub(), 1+g.r.IntN(4)
		return typ{fmt.Sprintf("(list %s %d)", e.wat, n), slices.Repeat(e.flat, n)}
	case 3:
		var t typ
		for range 1 + g.r.IntN(4) {
			f := sub()
			t.wat += " " + f.wat
			t.flat = append(t.flat, f.flat...)
		}
		t.wat = "(tuple" + t.wat + ")"
		return t
	case 4, 5:
		var t typ
		for i := range 1 + g.r.IntN(5) {
			f := sub()
			t.wat += fmt.Sprintf(" (field %q %s)", fmt.Sprintf("f%d", i), f.wat)
			t.flat = append(t.flat, f.flat...)
		}
		t.wat = "(record" + t.wat + ")"
		return g.name(t)
	case 6, 7:
		var cases [][]string
		n := 1 + g.r.IntN(5)
		if g.r.IntN(20) == 0 {
			n = 260 // a discriminant of two bytes
		}
		var wat strings.Builder
		for i := range n {
			if i < 6 && g.r.IntN(4) > 0 {
				p := sub()
				fmt.Fprintf(&wat, " (case %q %s)", fmt.Sprintf("c%d", i), p.wat)
				cases = append(cases, p.flat)
			} else {
				fmt.Fprintf(&wat, " (case %q)", fmt.Sprintf("c%d", i))
			}
		}
		return g.name(typ{"(variant" + wat.String() + ")", flattenVariant(cases)})
	case 8:
		n, kind := 1+g.r.IntN(32), "flags"
		if g.r.IntN(2) == 0 {
			kind = "enum"
			if g.r.IntN(8) == 0 {
				n = 300
			}
		}
		var wat strings.Builder
		for i := range n {
			fmt.Fprintf(&wat, " %q", fmt.Sprintf("n%d", i))
		}
		return g.name(typ{"(" + kind + wat.String() + ")", []string{"i32"}})
	case 9:
		e := sub()
		return typ{"(option " + e.wat + ")", flattenVariant([][]string{e.flat})}
	default:
		var wat string
		var cases [][]string
		if g.r.IntN(4) > 0 {
			t := sub()
			wat += " " + t.wat
			cases = append(cases, t.flat)
		}
		if g.r.IntN(4) > 0 {
			t := sub()
			wat += " (error " + t.wat + ")"
			cases = append(cases, t.flat)
		}
		return typ{"(result" + wat + ")", flattenVariant(cases)}
	}
}

// flattenVariant is flatten_variant.
func flattenVariant(cases [][]string) []string {
	flat := []string{"i32"}
	for _, c := range cases {
		for i, t := range c {
			switch {
			case i+1 == len(flat):
				flat = append(flat, t)
			case flat[i+1] == t:
			case flat[i+1]+t == "i32f32", flat[i+1]+t == "f32i32":
				flat[i+1] = "i32"
			default:
				flat[i+1] = "i64"
			}
		}
	}
	return flat
}

// name gives a record, variant, enum or flags a name: functions that are
// imported or exported may use named ones only.
func (g *gen) name(t typ) typ {
	n := len(g.named)
	g.named = append(g.named, t.wat)
	return typ{fmt.Sprintf("$t%d", n), t.flat}
}

// Component gives the text of the component of a seed: one that calls another one inside
// it, both in an encoding of their own, between functions of the host and of the embedder.
//
//   - fwd(p0, p1, …) passes its parameters to the host's sink, flat where they fit;
//   - echo(p0, …, padding) gives a record of its parameters. They are so many that they go
//     through memory, laid out as the record is: the guest returns the pointer it got;
//   - same(p0) → p0, where the type is one flat value.
func Component(seed uint64) string {
	g := &gen{r: rand.New(rand.NewPCG(seed, 1))}
	var params []typ
	for range 1 + g.r.IntN(4) {
		params = append(params, g.typ(1+g.r.IntN(4)))
	}
	var decl, out strings.Builder
	var flat []string
	for i, p := range params {
		fmt.Fprintf(&decl, " (param \"p%d\" %s)", i, p.wat)
		fmt.Fprintf(&out, " (field \"p%d\" %s)", i, p.wat)
		flat = append(flat, p.flat...)
	}
	var pad strings.Builder
	for i := range padding {
		t := []string{"u8", "u64", "u16"}[g.r.IntN(3)]
		fmt.Fprintf(&pad, " (param \"pad%d\" %s)", i, t)
		fmt.Fprintf(&out, " (field \"pad%d\" %s)", i, t)
	}
	result := g.name(typ{"(record" + out.String() + ")", nil})

	f := component{fwd: decl.String(), echo: decl.String() + pad.String() + " (result " + result.wat + ")"}
	if len(flat) > maxFlatParams {
		flat = []string{"i32"}
	}
	f.flat = flat
	if len(params[0].flat) == 1 {
		f.same = fmt.Sprintf(" (param \"p0\" %s) (result %s)", params[0].wat, params[0].wat)
		f.sameFlat = params[0].flat[0]
	}
	var types, with strings.Builder
	for i, t := range g.named {
		fmt.Fprintf(&types, "  (type $raw%d %s)\n  (import \"t%d\" (type $t%d (eq $raw%d)))\n", i, t, i, i, i)
		fmt.Fprintf(&with, " (with \"t%d\" (type $t%d))", i, i)
	}
	f.types = types.String()

	var b strings.Builder
	fmt.Fprintf(&b, "(component\n%s  (import \"sink\" (func $sink%s))\n", f.types, f.fwd)
	fmt.Fprintf(&b, "  (component $inner\n%s  (import \"sink\" (func $sink%s))\n%s)\n", f.types, f.fwd, f.guest(g.encoding(), false))
	fmt.Fprintf(&b, "  (component $outer\n%s  (import \"sink\" (func $sink%s))\n  (import \"echo\" (func $echo%s))\n", f.types, f.fwd, f.echo)
	if f.same != "" {
		fmt.Fprintf(&b, "  (import \"same\" (func $same%s))\n", f.same)
	}
	fmt.Fprintf(&b, "%s)\n", f.guest(g.encoding(), true))
	fmt.Fprintf(&b, "  (instance $i (instantiate $inner%s (with \"sink\" (func $sink))))\n", with.String())
	fmt.Fprintf(&b, "  (instance $o (instantiate $outer%s (with \"sink\" (func $i \"fwd\")) (with \"echo\" (func $i \"echo\"))", with.String())
	if f.same != "" {
		b.WriteString(" (with \"same\" (func $i \"same\"))")
	}
	b.WriteString("))\n  (export \"fwd\" (func $o \"fwd\"))\n  (export \"echo\" (func $o \"echo\"))\n")
	if f.same != "" {
		b.WriteString("  (export \"same\" (func $o \"same\"))\n")
	}
	b.WriteString(")\n")
	return b.String()
}

// component has the types of a component's functions: in WAT, and flat.
type component struct {
	types, fwd, echo, same string
	flat                   []string // of fwd
	sameFlat               string
}

func (g *gen) encoding() string {
	return []string{"utf8", "utf16", "latin1+utf16"}[g.r.IntN(3)]
}

// guest is a component's core code. The outer guest calls the inner one's functions.
func (f *component) guest(encoding string, outer bool) string {
	var b strings.Builder
	// Memory is handed out from the bottom, with gaps, and cleared when a call has ended, so
	// that a value which is read too late differs.
	b.WriteString(`  (core module $libc
    (memory (export "memory") 16)
    (global $top (mut i32) (i32.const 1024))
    (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
      (local $p i32)
      (local.set $p (i32.and (i32.add (i32.add (global.get $top) (i32.const 8)) (i32.sub (local.get $align) (i32.const 1))) (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $p) (local.get $new)))
      (if (i32.gt_u (global.get $top) (i32.const 0x100000)) (then unreachable))
      (if (local.get $size) (then (memory.copy (local.get $p) (local.get $old)
        (select (local.get $size) (local.get $new) (i32.lt_u (local.get $size) (local.get $new))))))
      (local.get $p))
    (func (export "clear")
      (memory.fill (i32.const 1024) (i32.const 0xa5) (i32.sub (global.get $top) (i32.const 1024)))
      (global.set $top (i32.const 1024))))
  (core instance $libc (instantiate $libc))
`)
	opts := fmt.Sprintf("(memory (core memory $libc \"memory\")) (realloc (core func $libc \"realloc\")) string-encoding=%s", encoding)
	fmt.Fprintf(&b, "  (core func $sink' (canon lower (func $sink) %s))\n", opts)
	if outer {
		fmt.Fprintf(&b, "  (core func $echo' (canon lower (func $echo) %s))\n", opts)
		if f.same != "" {
			fmt.Fprintf(&b, "  (core func $same' (canon lower (func $same) %s))\n", opts)
		}
	}
	flat := strings.Join(f.flat, " ")
	fmt.Fprintf(&b, "  (core module $m\n    (import \"\" \"sink\" (func $sink (param %s)))\n    (import \"libc\" \"clear\" (func $clear))\n    (import \"libc\" \"realloc\" (func $realloc (param i32 i32 i32 i32) (result i32)))\n", flat)
	if outer {
		b.WriteString("    (import \"\" \"echo\" (func $echo (param i32 i32)))\n")
		if f.same != "" {
			fmt.Fprintf(&b, "    (import \"\" \"same\" (func $same (param %s) (result %s)))\n", f.sameFlat, f.sameFlat)
		}
	}
	fmt.Fprintf(&b, "    (func (export \"fwd\") (param %s)", flat)
	for i := range f.flat {
		fmt.Fprintf(&b, " (local.get %d)", i)
	}
	b.WriteString(" (call $sink))\n")
	if outer {
		b.WriteString(`    (func (export "echo") (param i32) (result i32) (local i32)
      (local.set 1 (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 0x8000)))
      (call $echo (local.get 0) (local.get 1)) (local.get 1))
`)
	} else {
		b.WriteString("    (func (export \"echo\") (param i32) (result i32) (local.get 0))\n")
	}
	if f.same != "" {
		fmt.Fprintf(&b, "    (func (export \"same\") (param %s) (result %s) (local.get 0)", f.sameFlat, f.sameFlat)
		if outer {
			b.WriteString(" (call $same)")
		}
		b.WriteString(")\n")
	}
	b.WriteString("    (func (export \"after\") (call $clear))\n    (func (export \"after-echo\") (param i32) (call $clear)))\n")
	b.WriteString("  (core instance $m (instantiate $m (with \"libc\" (instance $libc)) (with \"\" (instance (export \"sink\" (func $sink'))")
	if outer {
		b.WriteString(" (export \"echo\" (func $echo'))")
		if f.same != "" {
			b.WriteString(" (export \"same\" (func $same'))")
		}
	}
	b.WriteString("))))\n")
	export := func(name, typ, more string) {
		fmt.Fprintf(&b, "  (func $x-%s%s (canon lift (core func $m %q) %s%s))\n  (export %q (func $x-%s))\n", name, typ, name, opts, more, name, name)
	}
	export("fwd", f.fwd, ` (post-return (core func $m "after"))`)
	export("echo", f.echo, ` (post-return (core func $m "after-echo"))`)
	if f.same != "" {
		export("same", f.same, "")
	}
	return b.String()
}
