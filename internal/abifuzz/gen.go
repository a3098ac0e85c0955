package abifuzz

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// typ is a value type of the generator: how WAT writes it, and how it is
// flattened where addresses have type ptr (CanonicalABI.md, flatten_type).
type typ struct {
	wat  string
	flat func(ptr string) []string
}

// word is the flattening of a type that is one core value.
func word(t string) func(string) []string {
	return func(string) []string { return []string{t} }
}

// words is the flattening of types in a row.
func words(types []typ) func(string) []string {
	return func(ptr string) []string {
		var flat []string
		for _, t := range types {
			flat = append(flat, t.flat(ptr)...)
		}
		return flat
	}
}

// buffer is the flattening of a list and of a string.
func buffer(ptr string) []string { return []string{ptr, ptr} }

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
	{"bool", word("i32")}, {"u8", word("i32")}, {"s8", word("i32")}, {"u16", word("i32")}, {"s16", word("i32")}, {"u32", word("i32")}, {"s32", word("i32")},
	{"u64", word("i64")}, {"s64", word("i64")}, {"f32", word("f32")}, {"f64", word("f64")}, {"char", word("i32")}, {"string", buffer}, {"string", buffer},
}

// keys are the types of keys of maps.
var keys = []string{"bool", "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "char", "string", "string"}

// typ makes a type whose nesting is at most depth.
func (g *gen) typ(depth int) typ {
	if depth == 0 || g.r.IntN(4) == 0 {
		return prims[g.r.IntN(len(prims))]
	}
	sub := func() typ { return g.typ(depth - 1) }
	switch g.r.IntN(12) {
	case 0, 1:
		return typ{"(list " + sub().wat + ")", buffer}
	case 2:
		e, n := sub(), 1+g.r.IntN(4)
		return typ{fmt.Sprintf("(list %s %d)", e.wat, n), words(slices.Repeat([]typ{e}, n))}
	case 3:
		var wat string
		var elems []typ
		for range 1 + g.r.IntN(4) {
			e := sub()
			wat += " " + e.wat
			elems = append(elems, e)
		}
		return typ{"(tuple" + wat + ")", words(elems)}
	case 4, 5:
		var wat string
		var fields []typ
		for i := range 1 + g.r.IntN(5) {
			f := sub()
			wat += fmt.Sprintf(" (field %q %s)", fmt.Sprintf("f%d", i), f.wat)
			fields = append(fields, f)
		}
		return g.name(typ{"(record" + wat + ")", words(fields)})
	case 6, 7:
		var cases []typ
		n := 1 + g.r.IntN(5)
		if g.r.IntN(20) == 0 {
			n = 260 // a discriminant of two bytes
		}
		var wat strings.Builder
		for i := range n {
			if i < 6 && g.r.IntN(4) > 0 {
				p := sub()
				fmt.Fprintf(&wat, " (case %q %s)", fmt.Sprintf("c%d", i), p.wat)
				cases = append(cases, p)
			} else {
				fmt.Fprintf(&wat, " (case %q)", fmt.Sprintf("c%d", i))
			}
		}
		return g.name(typ{"(variant" + wat.String() + ")", choice(cases)})
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
		return g.name(typ{"(" + kind + wat.String() + ")", word("i32")})
	case 9:
		e := sub()
		return typ{"(option " + e.wat + ")", choice([]typ{e})}
	case 10:
		return typ{"(map " + keys[g.r.IntN(len(keys))] + " " + sub().wat + ")", buffer}
	default:
		var wat string
		var cases []typ
		if g.r.IntN(4) > 0 {
			t := sub()
			wat += " " + t.wat
			cases = append(cases, t)
		}
		if g.r.IntN(4) > 0 {
			t := sub()
			wat += " (error " + t.wat + ")"
			cases = append(cases, t)
		}
		return typ{"(result" + wat + ")", choice(cases)}
	}
}

// choice is flatten_variant.
func choice(cases []typ) func(string) []string {
	return func(ptr string) []string {
		flat := []string{"i32"}
		for _, c := range cases {
			for i, t := range c.flat(ptr) {
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
}

// name gives a record, variant, enum or flags a name: functions that are
// imported or exported may use named ones only.
func (g *gen) name(t typ) typ {
	n := len(g.named)
	g.named = append(g.named, t.wat)
	return typ{fmt.Sprintf("$t%d", n), t.flat}
}

// Component gives the text of the component of a seed: one that calls another one inside
// it, both in an encoding of their own, between functions of the host and of the embedder. Of every
// other seed the functions are asynchronous, and each guest lifts and lowers them in a way of its own.
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
	for i, p := range params {
		fmt.Fprintf(&decl, " (param \"p%d\" %s)", i, p.wat)
		fmt.Fprintf(&out, " (field \"p%d\" %s)", i, p.wat)
	}
	var pad strings.Builder
	for i := range padding {
		t := []string{"u8", "u64", "u16"}[g.r.IntN(3)]
		fmt.Fprintf(&pad, " (param \"pad%d\" %s)", i, t)
		fmt.Fprintf(&out, " (field \"pad%d\" %s)", i, t)
	}
	result := g.name(typ{"(record" + out.String() + ")", nil})

	f := component{result: result.wat, fwd: decl.String(), echo: decl.String() + pad.String() + " (result " + result.wat + ")"}
	if f.async = seed%2 == 0; f.async {
		f.fwd, f.echo = " async"+f.fwd, " async"+f.echo
	}
	f.flat = func(ptr string) []string {
		if flat := words(params)(ptr); len(flat) <= maxFlatParams {
			return flat
		}
		return []string{ptr}
	}
	if flat := params[0].flat("i32"); len(flat) == 1 {
		f.same = fmt.Sprintf(" (param \"p0\" %s) (result %s)", params[0].wat, params[0].wat)
		f.sameType, f.sameFlat = params[0].wat, flat[0]
		if f.async {
			f.same = " async" + f.same
		}
	}
	var types, with strings.Builder
	for i, t := range g.named {
		fmt.Fprintf(&types, "  (type $raw%d %s)\n  (import \"t%d\" (type $t%d (eq $raw%d)))\n", i, t, i, i, i)
		fmt.Fprintf(&with, " (with \"t%d\" (type $t%d))", i, i)
	}
	f.types = types.String()

	var b strings.Builder
	fmt.Fprintf(&b, "(component\n%s  (import \"sink\" (func $sink%s))\n", f.types, f.fwd)
	fmt.Fprintf(&b, "  (component $inner\n%s  (import \"sink\" (func $sink%s))\n%s)\n", f.types, f.fwd, f.guest(g, false))
	fmt.Fprintf(&b, "  (component $outer\n%s  (import \"sink\" (func $sink%s))\n  (import \"echo\" (func $echo%s))\n", f.types, f.fwd, f.echo)
	if f.same != "" {
		fmt.Fprintf(&b, "  (import \"same\" (func $same%s))\n", f.same)
	}
	fmt.Fprintf(&b, "%s)\n", f.guest(g, true))
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
	result                 string                    // of echo
	flat                   func(ptr string) []string // of fwd
	sameType, sameFlat     string
	async                  bool
}

// guest is a component's definitions after its imports. The outer guest calls the inner one's functions.
func (f *component) guest(g *gen, outer bool) string {
	var b strings.Builder
	ptr := []string{"i32", "i32", "i64"}[g.r.IntN(3)]
	if f.async {
		ptr = "i32" // no built-ins with 64-bit addresses yet
	}
	// Memory is handed out from the bottom, with gaps, and cleared when a call has ended, so
	// that a value which is read too late differs.
	libc := `  (core module $libc
    (memory (export "memory") PTR 16)
    (global $top (mut PTR) (PTR.const 1024))
    (func (export "realloc") (param $old PTR) (param $size PTR) (param $align PTR) (param $new PTR) (result PTR)
      (local $p PTR)
      (local.set $p (PTR.and (PTR.add (PTR.add (global.get $top) (PTR.const 8)) (PTR.sub (local.get $align) (PTR.const 1))) (PTR.sub (PTR.const 0) (local.get $align))))
      (global.set $top (PTR.add (local.get $p) (local.get $new)))
      (if (PTR.gt_u (global.get $top) (PTR.const 0x100000)) (then unreachable))
      (if (i32.eqz (PTR.eqz (local.get $size))) (then (memory.copy (local.get $p) (local.get $old)
        (select (local.get $size) (local.get $new) (PTR.lt_u (local.get $size) (local.get $new))))))
      (local.get $p))
    (func (export "clear")
      (memory.fill (PTR.const 1024) (i32.const 0xa5) (PTR.sub (global.get $top) (PTR.const 1024)))
      (global.set $top (PTR.const 1024))))
  (core instance $libc (instantiate $libc))
`
	b.WriteString(strings.ReplaceAll(libc, "PTR", ptr))
	c := core{
		outer:    outer,
		async:    f.async,
		encoding: []string{"utf8", "utf16", "latin1+utf16"}[g.r.IntN(3)],
		yield:    g.r.IntN(2) == 0,
		imports:  "    (import \"libc\" \"memory\" (memory " + ptr + " 16))\n    (import \"libc\" \"clear\" (func $clear))\n    (import \"libc\" \"realloc\" (func $realloc (param " + strings.Repeat(ptr+" ", 4) + ") (result " + ptr + ")))\n",
		ptr:      ptr,
	}
	if f.async {
		c.lift = []string{"sync", "callback", "stackful"}[g.r.IntN(3)]
		c.lower = g.r.IntN(2) == 0
	}
	c.opts = fmt.Sprintf("(memory (core memory $libc \"memory\")) (realloc (core func $libc \"realloc\")) string-encoding=%s", c.encoding)
	for _, x := range []struct{ name, typ, sig string }{
		{"subtask.drop", "subtask.drop", "(param i32)"}, {"set.new", "waitable-set.new", "(result i32)"}, {"set.drop", "waitable-set.drop", "(param i32)"},
		{"set.wait", "waitable-set.wait (memory (core memory $libc \"memory\"))", "(param i32 " + ptr + ") (result i32)"}, {"join", "waitable.join", "(param i32 i32)"},
		{"yield", "thread.yield", "(result i32)"},
	} {
		if f.async {
			c.imported(x.name, x.typ, x.sig)
		}
	}
	c.fn("fwd", f.fwd, "", "sink", f.flat(ptr), "", "")
	c.fn("echo", f.echo, f.result, "echo", []string{ptr}, ptr, f.result)
	if f.same != "" {
		c.fn("same", f.same, f.sameType, "same", []string{f.sameFlat}, f.sameFlat, f.sameType)
	}
	fmt.Fprintf(&b, "%s  (core module $m\n%s", c.canons, c.imports)
	if f.async {
		// Waits for the subtask that a call's status names.
		await := `    (func $await (param $s i32) (local $set i32)
      (if (i32.eq (i32.and (local.get $s) (i32.const 15)) (i32.const 2)) (then return))
      (local.set $s (i32.shr_u (local.get $s) (i32.const 4)))
      (local.set $set (call $set.new))
      (call $join (local.get $s) (local.get $set))
      (loop $again
        (if (i32.ne (call $set.wait (local.get $set) (PTR.const 512)) (i32.const 1)) (then unreachable))
        (br_if $again (i32.ne (i32.load (PTR.const 516)) (i32.const 2))))
      (call $subtask.drop (local.get $s))
      (call $set.drop (local.get $set)))
    (global $set (mut i32) (i32.const 0))
`
		b.WriteString(strings.ReplaceAll(await, "PTR", ptr))
	}
	fmt.Fprintf(&b, "%s    (func (export \"after\") (call $clear))\n    (func (export \"after-echo\") (param %s) (call $clear)))\n", c.code, ptr)
	fmt.Fprintf(&b, "  (core instance $m (instantiate $m (with \"libc\" (instance $libc)) (with \"\" (instance%s))))\n%s", c.args, c.lifts)
	return b.String()
}

// core collects the text of a guest.
type core struct {
	outer, async, yield bool
	encoding, opts, ptr string
	lift                string // sync (or empty), callback or stackful
	lower               bool   // with async
	canons, imports     string // built-ins and lowered functions, in the component and in the core module
	args, code, lifts   string
}

// imported makes a core function of a canonical definition, and imports it.
func (c *core) imported(name, canon, sig string) {
	c.canons += fmt.Sprintf("  (canon %s (core func $%s))\n", canon, name)
	c.imports += fmt.Sprintf("    (import \"\" %q (func $%s %s))\n", name, name, sig)
	c.args += fmt.Sprintf(" (export %q (func $%s))", name, name)
}

// fn makes an exported function that passes its flat parameters to the imported one named
// callee (fwd's exists in both guests, the others' in the outer one), or gives them back.
func (c *core) fn(name, typ, result, callee string, flat []string, flatResult, resultType string) {
	params := strings.Join(flat, " ")
	calls := c.outer || name == "fwd"
	// An asynchronous call has four flat parameters at most, and leaves its result in memory;
	// this generator does not know layouts.
	lowered := c.lower && (len(flat) <= 4 || name == "echo") && name != "same"
	if calls {
		opts, sig := c.opts, "(param "+params+")"
		switch {
		case name == "echo":
			sig = fmt.Sprintf("(param %[1]s %[1]s)", c.ptr)
		case flatResult != "":
			sig += " (result " + flatResult + ")"
		}
		if lowered {
			opts, sig = opts+" async", sig+" (result i32)"
		}
		c.imported("callee-"+name, fmt.Sprintf("lower (func $%s) %s", callee, opts), sig)
	}
	async := c.lift == "callback" || c.lift == "stackful"
	if async {
		// Its options are those of the lift (CanonicalABI.md, canon_task_return).
		ret, sig := "task.return", ""
		if result != "" {
			ret, sig = fmt.Sprintf("task.return (result %s)", resultType), "(param "+flatResult+")"
		}
		c.imported("return-"+name, fmt.Sprintf("%s (memory (core memory $libc \"memory\")) string-encoding=%s", ret, c.encoding), sig)
	}

	// The parameters live in globals: a callback has no others.
	var body strings.Builder
	for i, t := range flat {
		fmt.Fprintf(&body, "    (global $%s%d (mut %s) (%s.const 0))\n", name, i, t, t)
	}
	fmt.Fprintf(&body, "    (global $%[1]s-result (mut %[2]s) (%[2]s.const 0))\n", name, c.ptr)
	fmt.Fprintf(&body, "    (func $%s-call (result i32)\n", name) // gives a status
	var args strings.Builder
	for i := range flat {
		fmt.Fprintf(&args, " (global.get $%s%d)", name, i)
	}
	status := "      (i32.const 2))\n"
	switch {
	case !calls:
		body.WriteString(status)
	case name == "same":
		fmt.Fprintf(&body, "      (global.set $same0 (call $callee-same%s))\n%s", args.String(), status)
	default:
		if name == "echo" {
			fmt.Fprintf(&body, "      (global.set $echo-result (call $realloc (%[1]s.const 0) (%[1]s.const 0) (%[1]s.const 8) (%[1]s.const 0x8000)))\n", c.ptr)
			args.WriteString(" (global.get $echo-result)")
		}
		if lowered {
			status = ")\n"
		}
		fmt.Fprintf(&body, "      (call $callee-%s%s)\n%s", name, args.String(), status)
	}
	value := ""
	switch {
	case name == "echo" && calls:
		value = "(global.get $echo-result)"
	case flatResult != "":
		value = fmt.Sprintf("(global.get $%s0)", name)
	}
	var save strings.Builder
	for i := range flat {
		fmt.Fprintf(&save, "      (global.set $%s%d (local.get %d))\n", name, i, i)
	}
	yield := ""
	if c.yield && c.async {
		yield = "      (drop (call $yield))\n"
	}
	finish := fmt.Sprintf("(call $return-%s %s) (call $clear)", name, value)
	switch c.lift {
	case "callback":
		if yield != "" {
			yield = "      (return (i32.const 1))\n"
		}
		fmt.Fprintf(&body, `    (func $%[1]s-step (result i32) (local $s i32)
      (local.set $s (call $%[1]s-call))
      (if (i32.eq (i32.and (local.get $s) (i32.const 15)) (i32.const 2)) (then %[2]s (return (i32.const 0))))
      (global.set $set (call $set.new))
      (call $join (i32.shr_u (local.get $s) (i32.const 4)) (global.get $set))
      (i32.or (i32.const 2) (i32.shl (global.get $set) (i32.const 4))))
    (func (export "%[1]s") (param %[3]s) (result i32)
%[4]s%[5]s      (call $%[1]s-step))
    (func (export "%[1]s-cb") (param $event i32) (param $task i32) (param $state i32) (result i32)
      (if (i32.eqz (local.get $event)) (then (return (call $%[1]s-step))))
      (if (i32.ne (local.get $state) (i32.const 2)) (then (return (i32.or (i32.const 2) (i32.shl (global.get $set) (i32.const 4))))))
      (call $subtask.drop (local.get $task))
      (call $set.drop (global.get $set))
      %[2]s
      (i32.const 0))
`, name, finish, params, save.String(), yield)
	case "stackful":
		fmt.Fprintf(&body, "    (func (export %q) (param %s)\n%s%s      (call $await (call $%s-call))\n      %s)\n", name, params, save.String(), yield, name, finish)
	default:
		results, wait := "", fmt.Sprintf("      (drop (call $%s-call))\n", name)
		if flatResult != "" {
			results = "(result " + flatResult + ")"
		}
		if c.async {
			wait = fmt.Sprintf("      (call $await (call $%s-call))\n", name)
		}
		fmt.Fprintf(&body, "    (func (export %q) (param %s) %s\n%s%s%s      %s)\n", name, params, results, save.String(), yield, wait, value)
	}
	c.code += body.String()

	more := ""
	switch {
	case c.lift == "callback":
		more = fmt.Sprintf(" async (callback (core func $m %q))", name+"-cb")
	case c.lift == "stackful":
		more = " async"
	case name == "fwd":
		more = ` (post-return (core func $m "after"))`
	case name == "echo":
		more = ` (post-return (core func $m "after-echo"))`
	}
	c.lifts += fmt.Sprintf("  (func $x-%s%s (canon lift (core func $m %q) %s%s))\n  (export %q (func $x-%s))\n", name, typ, name, c.opts, more, name, name)
}
