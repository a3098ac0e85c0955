package core

import (
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// This file: exceptions (rt/exception.go). Pass "try" has made a function of
// what each try_table holds; it catches in a deferred function, and returns like
// any other, with the variables as they are and the number of the catch.

// caughtResults are the locals that f gives back when it has caught an exception.
func caughtResults(f *ir.Func) (l []ir.Local) {
	if f.Try != nil {
		for _, r := range f.Try.Results {
			if r != ir.NoLocal {
				l = append(l, r)
			}
		}
	}
	return l
}

// tryResult is the name of a result of a function that catches: that of the
// local, or r0, r1...
func tryResult(f *ir.Func, i int) string {
	if i < len(f.Try.Results) && f.Try.Results[i] != ir.NoLocal {
		return local(f.Try.Results[i])
	}
	return "r" + strconv.Itoa(i)
}

// trySig is the signature of a function that catches. Its results are variables,
// the locals that it gives back: so the deferred function need not assign them, nor refer to
// them but for those of the exception. The parameters of these locals are called a0, a1...
func (b *body) trySig(sig string) string {
	end := strings.IndexByte(sig, ')') + 1
	params := sig[:end]
	for _, l := range caughtResults(b.f) {
		n := local(l)
		params = strings.Replace(params, ", "+n+" ", ", a"+n[1:]+" ", 1)
	}
	var r []string
	for i, x := range b.m.Types[b.f.Type].Func.Results {
		r = append(r, tryResult(b.f, i)+" "+GoType(b.m, x))
	}
	return params + " (" + strings.Join(r, ", ") + ")"
}

// takeParams gives the locals among the results their values.
func (b *body) takeParams() {
	for _, l := range caughtResults(b.f) {
		n := local(l)
		b.line(n, " = a", n[1:])
	}
}

// exception gives the Go struct type of the exceptions of a tag.
func (b *body) exception(tag uint32) string {
	t, _ := b.m.Tag(tag)
	return "X" + strconv.Itoa(b.l.exceptionLayout(b.m, b.m.Types[t].Func.Params))
}

func (b *body) tag(i uint32) string { return "m.T" + strconv.FormatUint(uint64(i), 10) }

// throw prints throw or throw_ref.
func (b *body) throw(s *ir.Throw) {
	var x *node
	if s.Ref != nil {
		x = b.ex(s.Ref)
	} else {
		args := append([]*node{atom(b.tag(s.Tag))}, b.exs(s.Args)...)
		x = call(b.core("New"+b.exception(s.Tag)), args...)
	}
	b.tabs()
	b.expr(call("panic", b.rtCall("Throwing", atom("m.Store"), atom("m.Comp"), x)), 0, 1)
	b.str("\n")
}

// catch prints the deferred function of one that catches.
func (b *body) catch() {
	try := b.f.Try
	b.file.rt = true
	b.line("defer func() {")
	b.indent++
	b.line("x := rt.Thrown(m.Store, m.Comp)")
	b.line("if x == nil {")
	b.line("\treturn")
	b.line("}")
	b.line("switch x.Tag {")
	code := tryResult(b.f, len(try.Results))
	all := false
	for _, c := range try.Catches {
		if c.All {
			b.line("default:")
			all = true
		} else {
			b.line("case ", b.tag(c.Tag), ":")
		}
		b.indent++
		if len(c.Dsts) > 0 {
			b.file.unsafe = true
			b.line("p := (*", b.core(b.exception(c.Tag)), ")(unsafe.Pointer(x))")
			for i, l := range c.Dsts {
				b.dst(l, atom("p.F"+strconv.Itoa(i)))
			}
		}
		if c.Exn != ir.NoLocal {
			b.dst(c.Exn, atom("x"))
		}
		b.line(code, " = ", strconv.FormatUint(uint64(c.Code), 10))
		b.indent--
		if all {
			break // nothing gets to what follows
		}
	}
	if !all {
		b.line("default:")
		b.line("\treturn")
	}
	b.line("}")
	b.line("recover()")
	b.line("rt.Caught(m.Store)")
	b.indent--
	b.line("}()")
}
