package adapt

import (
	"fmt"

	"github.com/wc2go/wc2go/ir"
)

// outlineWeight is the size of a type, in nodes, from which on a copy to or
// from memory is a function of its own.
const outlineWeight = 6

// weight counts the nodes of a type, up to a bound.
func (e *emitter) weight(t ir.TypeID) int {
	if t == ir.NoType {
		return 0
	}
	it, n := &e.p.Types[t], 1
	for _, c := range it.Cases {
		if n > outlineWeight {
			break
		}
		if it.Kind == ir.TEnum || it.Kind == ir.TFlags {
			break
		}
		n += 1 + e.weight(c.Type)
	}
	switch it.Kind {
	case ir.TList, ir.TFixedList, ir.TOption, ir.TMap, ir.TResult:
		n += e.weight(it.Elem) + e.weight(it.Key) + e.weight(it.Err)
	}
	return n
}

// copy prints the code that moves a value of type t from src to dst. A Go
// destination holds its zero value before.
func (e *emitter) copy(t ir.TypeID, src, dst loc) {
	if e.outline(t, src, dst) {
		return
	}
	e.inline(t, src, dst)
}

// liftTo prints the declaration of a Go variable that is copied from a guest.
func (e *emitter) liftTo(v string, t ir.TypeID, src loc) {
	switch k := e.p.Types[t].Kind; {
	case k != ir.TString && goScalar[k] != "":
		e.f("%s := %s", v, e.readScalar(k, src))
	default:
		e.f("var %s %s", v, e.goType(t))
		e.copy(t, src, goLoc(v))
	}
}

// outline prints a call of a function that copies values of type t, if that is
// worth it.
func (e *emitter) outline(t ir.TypeID, src, dst loc) bool {
	if src.kind == inFlat || dst.kind == inFlat || src.parts != nil || dst.parts != nil {
		return false
	}
	switch e.p.Types[t].Kind {
	case ir.TRecord, ir.TVariant, ir.TTuple, ir.TOption, ir.TResult, ir.TFixedList:
	default:
		return false
	}
	if e.weight(t) < outlineWeight {
		return false
	}
	key := fmt.Sprint(t)
	for _, l := range []loc{src, dst} {
		if l.guest() {
			key += fmt.Sprintf("|%d %d %t", l.side.enc, l.side.inst, l.side.wide)
		} else {
			key += "|go"
		}
	}
	name, known := e.outlined[key]
	rt := e.rt()
	switch {
	case !src.guest():
		if !known {
			name = fmt.Sprintf("store%d", len(e.outlined))
			s := *dst.side
			s.cx = "cx"
			e.queue = append(e.queue, func() {
				e.f("func %s(cx *%s.Cx, p %s, v %s) {", name, rt, s.addr(), e.goType(t))
				e.inline(t, goLoc("v"), memLoc(&s, "p", 0))
				e.f("}\n")
			})
		}
		e.f("%s(%s, %s, %s)", name, dst.side.cx, dst.addr(0), src.expr)
	case !dst.guest():
		if !known {
			name = fmt.Sprintf("load%d", len(e.outlined))
			s := *src.side
			s.cx = "cx"
			e.queue = append(e.queue, func() {
				e.f("func %s(cx *%s.Cx, p %s) (v %s) {", name, rt, s.addr(), e.goType(t))
				e.inline(t, memLoc(&s, "p", 0), goLoc("v"))
				e.f("return v\n}\n")
			})
		}
		e.f("%s = %s(%s, %s)", dst.expr, name, src.side.cx, src.addr(0))
	default:
		if !known {
			name = fmt.Sprintf("move%d", len(e.outlined))
			s, d := *src.side, *dst.side
			s.cx, d.cx = "src", "dst"
			e.queue = append(e.queue, func() {
				e.f("func %s(src *%s.Cx, p %s, dst *%s.Cx, q %s) {", name, rt, s.addr(), rt, d.addr())
				e.inline(t, memLoc(&s, "p", 0), memLoc(&d, "q", 0))
				e.f("}\n")
			})
		}
		e.f("%s(%s, %s, %s, %s)", name, src.side.cx, src.addr(0), dst.side.cx, dst.addr(0))
	}
	e.outlined[key] = name
	return true
}

// flatLen is the number of core values a type flattens to.
func (e *emitter) flatLen(t ir.TypeID) int { return len(e.p.Types[t].Flat) }

// part is field n of a record or tuple, at l.
func (e *emitter) part(t ir.TypeID, l loc, n int) loc {
	it := &e.p.Types[t]
	switch l.kind {
	case inGo:
		if l.parts != nil {
			return goLoc(l.parts[n])
		}
		return goLoc(l.expr + "." + e.field(t, n))
	case inMem:
		return memLoc(l.side, l.expr, l.off+e.layout(l.side, t).Offsets[n])
	}
	from := 0
	for _, c := range it.Cases[:n] {
		from += e.flatLen(c.Type)
	}
	return flatLoc(l.side, l.slots[from:from+e.flatLen(it.Cases[n].Type)])
}

// payload is the payload of type pt of a variant of type t, at l, a guest.
func (e *emitter) payload(t, pt ir.TypeID, l loc) loc {
	if l.kind == inMem {
		return memLoc(l.side, l.expr, l.off+e.layout(l.side, t).PayloadOffset)
	}
	return flatLoc(l.side, l.slots[1:1+e.flatLen(pt)])
}

func (e *emitter) inline(t ir.TypeID, src, dst loc) {
	it := &e.p.Types[t]
	switch it.Kind {
	case ir.TString:
		e.copyString(src, dst)
	case ir.TRecord, ir.TTuple:
		if src.kind == inMem && dst.kind == inMem && e.bulk(t) {
			e.copyBytes(src, dst, it.Size)
			return
		}
		for n, c := range it.Cases {
			e.copy(c.Type, e.part(t, src, n), e.part(t, dst, n))
		}
	case ir.TFlags:
		e.copyFlags(t, src, dst)
	case ir.TEnum:
		e.copyEnum(t, src, dst)
	case ir.TVariant, ir.TOption, ir.TResult:
		if src.guest() {
			e.copyFromVariant(t, src, dst)
		} else {
			e.copyGoVariant(t, src, dst)
		}
	case ir.TList:
		e.copyList(it, src, dst)
	case ir.TFixedList:
		e.copyFixed(it, src, dst)
	case ir.TMap:
		e.copyMap(it, src, dst)
	case ir.TOwn, ir.TBorrow:
		e.copyHandle(it, src, dst)
	case ir.TStream, ir.TFuture, ir.TErrorContext:
		e.copyChannel(it, src, dst)
	default:
		e.writeScalar(it.Kind, dst, e.readScalar(it.Kind, src))
	}
}

// copyBytes prints the copy of size bytes between memories.
func (e *emitter) copyBytes(src, dst loc, size uint32) {
	p, q := src.addr(0), dst.addr(0)
	w := src.side.wide || dst.side.wide
	if w && !src.side.wide {
		p = "uint64(" + p + ")"
	}
	if w && !dst.side.wide {
		q = "uint64(" + q + ")"
	}
	e.f("%s.Copy%s(%s, %s, %s, %s, %d)", e.rt(), wide(w), src.side.cx, p, dst.side.cx, q, size)
}

func (e *emitter) encoding(x ir.Encoding) string {
	return e.rt() + "." + [...]string{"EncodingUTF8", "EncodingUTF16", "EncodingLatin1UTF16"}[x]
}

func (e *emitter) copyString(src, dst loc) {
	switch {
	case !dst.guest():
		p, n := e.readPair(src)
		if src.side.wide {
			e.f("%s = %s.LiftString64(%s, %s, %s)", dst.expr, src.side.cx, e.encoding(src.side.enc), p, n)
		} else if src.side.enc == ir.UTF8 {
			e.f("%s = %s.LiftUTF8(%s, %s)", dst.expr, src.side.cx, p, n)
		} else {
			e.f("%s = %s.LiftString(%s, %s, %s)", dst.expr, src.side.cx, e.encoding(src.side.enc), p, n)
		}
	default:
		q, m := e.v("p"), e.v("n")
		switch {
		case src.guest() && (src.side.wide || dst.side.wide):
			p, n := e.widePair(src)
			e.f("%s, %s := %s.CopyString64(%s, %s, %s, %s, %s, %s)", q, m, e.rt(),
				src.side.cx, e.encoding(src.side.enc), p, n, dst.side.cx, e.encoding(dst.side.enc))
			e.writeWide(dst, q, m)
			return
		case dst.side.wide:
			e.f("%s, %s := %s.LowerString64(%s, %s)", q, m, dst.side.cx, e.encoding(dst.side.enc), src.expr)
		case src.guest():
			p, n := e.readPair(src)
			e.f("%s, %s := %s.CopyString(%s, %s, %s, %s, %s, %s)", q, m, e.rt(),
				src.side.cx, e.encoding(src.side.enc), p, n, dst.side.cx, e.encoding(dst.side.enc))
		case dst.side.enc == ir.UTF8:
			e.f("%s, %s := %s.LowerUTF8(%s)", q, m, dst.side.cx, src.expr)
		default:
			e.f("%s, %s := %s.LowerString(%s, %s)", q, m, dst.side.cx, e.encoding(dst.side.enc), src.expr)
		}
		e.writePair(dst, q, m)
	}
}

// flagMask is the bits that a flags type has.
func flagMask(n int) uint64 { return 1<<uint(n) - 1 }

// flagSize is the size of flags in memory.
func flagSize(it *ir.Type) uint32 { return min(it.Size, 4) }

func (e *emitter) copyFlags(t ir.TypeID, src, dst loc) {
	it := &e.p.Types[t]
	size := flagSize(it)
	x := ""
	if src.guest() {
		x = e.readBits(src, size)
		if len(it.Cases) != 8*int(size) || src.kind == inFlat && size != 4 {
			x = fmt.Sprintf("%s&%#x", x, flagMask(len(it.Cases)))
		}
	} else {
		x = "uint32(" + src.expr + ")"
	}
	if dst.guest() {
		e.writeBits(dst, size, x)
	} else {
		e.f("%s = %s(%s)", dst.expr, e.goType(t), x)
	}
}

func (e *emitter) copyEnum(t ir.TypeID, src, dst loc) {
	it := &e.p.Types[t]
	x := "uint32(" + src.expr + ")"
	if src.guest() {
		d := e.v("d")
		e.f("%s := %s", d, e.readBits(src, it.DiscSize))
		e.f("if %s >= %d {\n%s.ThrowDisc(%s)\n}", d, len(it.Cases), e.rt(), d)
		x = d
	}
	if dst.guest() {
		e.writeBits(dst, it.DiscSize, x)
	} else {
		e.f("%s = %s(%s)", dst.expr, e.goType(t), x)
	}
}

// payloads are the payload types of a variant, option or result.
func payloads(it *ir.Type) []ir.TypeID {
	switch it.Kind {
	case ir.TOption:
		return []ir.TypeID{ir.NoType, it.Elem}
	case ir.TResult:
		return []ir.TypeID{it.Elem, it.Err}
	}
	out := make([]ir.TypeID, len(it.Cases))
	for n, c := range it.Cases {
		out[n] = c.Type
	}
	return out
}

// copyFromVariant copies a variant, option or result of a guest.
func (e *emitter) copyFromVariant(t ir.TypeID, src, dst loc) {
	it := &e.p.Types[t]
	d := e.v("d")
	e.f("switch %s := %s; %s {", d, e.readBits(src, it.DiscSize), d)
	for n, pt := range payloads(it) {
		e.f("case %d:", n)
		if dst.guest() {
			if n != 0 || dst.kind == inMem {
				e.writeBits(dst, it.DiscSize, fmt.Sprint(n))
			}
			if pt != ir.NoType {
				e.copy(pt, e.payload(t, pt, src), e.payload(t, pt, dst))
			}
			continue
		}
		x := ""
		if pt != ir.NoType {
			x = e.v("v")
			e.liftTo(x, pt, e.payload(t, pt, src))
		}
		e.setCase(t, dst.expr, n, x)
	}
	e.f("default:\n%s.ThrowDisc(%s)\n}", e.rt(), d)
}

// setCase prints the assignment of case n with payload x to a Go variable of a variant type.
func (e *emitter) setCase(t ir.TypeID, dst string, n int, x string) {
	it := &e.p.Types[t]
	switch it.Kind {
	case ir.TOption:
		if n == 1 {
			e.f("%s = %s.Some(%s)", dst, e.rt(), x)
		}
	case ir.TResult:
		name := [...]string{"Ok", "Err"}[n]
		if x == "" {
			x = e.rt() + ".Unit{}"
		}
		e.f("%s = %s.%s[%s, %s](%s)", dst, e.rt(), name, e.orUnit(it.Elem), e.orUnit(it.Err), x)
	default:
		if x != "" {
			x = "Value: " + x
		}
		e.f("%s = %s{%s}", dst, e.member(t, n), x)
	}
}

// copyGoVariant copies a Go variant, option or result to a guest.
func (e *emitter) copyGoVariant(t ir.TypeID, src, dst loc) {
	it := &e.p.Types[t]
	put := func(n int, pt ir.TypeID, x string) {
		if n < 0 { // checked before, so it changed since
			e.f("%s.ThrowHost(\"\", %s.CheckVariant(%s))", e.rt(), e.rt(), x)
			return
		}
		if n != 0 || dst.kind == inMem {
			e.writeBits(dst, it.DiscSize, fmt.Sprint(n))
		}
		if pt != ir.NoType {
			e.copy(pt, goLoc(x), e.payload(t, pt, dst))
		}
	}
	e.splitGo(t, src.expr, put)
}

// splitGo prints a branch per case of a Go variant, option or result. For a
// variant put is called once more, with n = -1, for a value that is no case.
func (e *emitter) splitGo(t ir.TypeID, v string, put func(n int, pt ir.TypeID, x string)) {
	it := &e.p.Types[t]
	switch it.Kind {
	case ir.TOption:
		x, ok := e.v("v"), e.v("ok")
		e.f("if %s, %s := %s.Get(); %s {", x, ok, v, ok)
		put(1, it.Elem, x)
		e.f("} else {")
		put(0, ir.NoType, "")
		e.f("}")
	case ir.TResult:
		e.f("if !%s.IsErr() {", v)
		x := ""
		if it.Elem != ir.NoType {
			x = e.v("v")
			e.f("%s, _ := %s.OK()", x, v)
		}
		put(0, it.Elem, x)
		e.f("} else {")
		if it.Err != ir.NoType {
			x = e.v("v")
			e.f("%s, _ := %s.Err()", x, v)
		}
		put(1, it.Err, x)
		e.f("}")
	default:
		x := ""
		for _, c := range it.Cases {
			if c.Type != ir.NoType {
				x = e.v("v")
				break
			}
		}
		if x == "" {
			e.f("switch %s.(type) {", v)
		} else {
			e.f("switch %s := %s.(type) {", x, v)
		}
		for n, c := range it.Cases {
			e.f("case %s:", e.member(t, n))
			put(n, c.Type, x+".Value")
		}
		e.f("default:")
		put(-1, ir.NoType, v)
		e.f("}")
	}
}

// number reports whether a list of t is copied as a block of numbers.
func number(k ir.TypeKind) bool {
	switch k {
	case ir.TS8, ir.TU8, ir.TS16, ir.TU16, ir.TS32, ir.TU32, ir.TS64, ir.TU64, ir.TF32, ir.TF64:
		return true
	}
	return false
}

// bulk reports whether values of t can be copied between guests as bytes:
// every bit pattern is valid and there is no padding.
func (e *emitter) bulk(t ir.TypeID) bool {
	b, ok := e.bulks[t]
	if !ok {
		b = e.findBulk(t)
		e.bulks[t] = b
	}
	return b
}

func (e *emitter) findBulk(t ir.TypeID) bool {
	it := &e.p.Types[t]
	switch it.Kind {
	case ir.TRecord, ir.TTuple:
		end := uint32(0)
		for n, c := range it.Cases {
			if it.Offsets[n] != end || !e.bulk(c.Type) {
				return false
			}
			end += e.p.Types[c.Type].Size
		}
		return end == it.Size
	case ir.TFixedList:
		return e.bulk(it.Elem)
	case ir.TFlags:
		return len(it.Cases) == 8*int(it.Size)
	}
	return number(it.Kind)
}

func (e *emitter) copyList(it *ir.Type, src, dst loc) {
	el := &e.p.Types[it.Elem]
	rt := e.rt()
	// at is the address of element k of a list.
	at := func(s *side, p, k string) string {
		return fmt.Sprintf("%s + %s(%s)*%d", p, s.addr(), k, e.layout(s, it.Elem).Size)
	}
	if !dst.guest() {
		p, n := e.readPair(src)
		w := src.side.suffix()
		switch {
		case number(el.Kind):
			e.f("%s = %s.LiftNumbers%s[%s](%s, %s, %s)", dst.expr, rt, w, e.goType(it.Elem), src.side.cx, p, n)
		case el.Kind == ir.TBool || el.Kind == ir.TChar:
			e.f("%s = %s.Lift%ss%s(%s, %s, %s)", dst.expr, rt, listName(el.Kind), w, src.side.cx, p, n)
		default:
			pv, s, k := e.v("p"), e.v("s"), e.v("k")
			nv := e.checkList(src.side, pv, p, n, e.layout(src.side, it.Elem))
			e.f("%s := %s.MakeList[%s](%s, %s)", s, rt, e.goType(it.Elem), src.side.cx, nv)
			e.f("for %s := range %s {", k, s)
			q := e.v("p")
			e.f("%s := %s", q, at(src.side, pv, k))
			e.copy(it.Elem, memLoc(src.side, q, 0), goLoc(s+"["+k+"]"))
			e.f("}\n%s = %s", dst.expr, s)
		}
		return
	}
	q, m := e.v("p"), e.v("n")
	if !src.guest() {
		w := dst.side.suffix()
		switch {
		case number(el.Kind):
			e.f("%s, %s := %s.LowerNumbers%s(%s, %s)", q, m, rt, w, dst.side.cx, src.expr)
		case el.Kind == ir.TBool || el.Kind == ir.TChar:
			e.f("%s, %s := %s.Lower%ss%s(%s, %s)", q, m, rt, listName(el.Kind), w, dst.side.cx, src.expr)
		default:
			s, k, a := e.v("s"), e.v("k"), e.v("p")
			lay := e.layout(dst.side, it.Elem)
			e.f("%s := %s", s, src.expr)
			e.f("%s, %s := %s.NewList%s(len(%s), %d, %d), %s(len(%s))", q, m, dst.side.cx, w, s, lay.Size, lay.Align, dst.side.addr(), s)
			e.f("for %s := range %s {", k, s)
			e.f("%s := %s", a, at(dst.side, q, k))
			e.copy(it.Elem, goLoc(s+"["+k+"]"), memLoc(dst.side, a, 0))
			e.f("}")
		}
		e.writePair(dst, q, m)
		return
	}
	pv := e.v("p")
	if w := src.side.wide || dst.side.wide; w && (e.bulk(it.Elem) || el.Kind == ir.TBool || el.Kind == ir.TChar) {
		p, n := e.widePair(src)
		e.f("%s, %s := %s, %s", pv, m, p, n)
		if e.bulk(it.Elem) {
			e.f("%s := %s.CopyList64(%s, %s, %s, %s, %d, %d)", q, rt, src.side.cx, pv, m, dst.side.cx, el.Size, el.Align)
		} else {
			e.f("%s := %s.Copy%ss64(%s, %s, %s, %s)", q, rt, listName(el.Kind), src.side.cx, pv, m, dst.side.cx)
		}
		e.writeWide(dst, q, m)
		return
	}
	p, n := e.readPair(src)
	switch {
	case e.bulk(it.Elem):
		e.f("%s, %s := %s, %s", pv, m, p, n)
		e.f("%s := %s.CopyList(%s, %s, %s, %s, %d, %d)", q, rt, src.side.cx, pv, m, dst.side.cx, el.Size, el.Align)
	case el.Kind == ir.TBool || el.Kind == ir.TChar:
		e.f("%s, %s := %s, %s", pv, m, p, n)
		e.f("%s := %s.Copy%ss(%s, %s, %s, %s)", q, rt, listName(el.Kind), src.side.cx, pv, m, dst.side.cx)
	default:
		from, to := e.layout(src.side, it.Elem), e.layout(dst.side, it.Elem)
		m = e.checkList(src.side, pv, p, n, from)
		e.f("%s := %s.NewList%s(int(%s), %d, %d)", q, dst.side.cx, dst.side.suffix(), m, to.Size, to.Align)
		e.loop(m, func(k string) {
			a, b := e.v("p"), e.v("p")
			e.f("%s, %s := %s, %s", a, b, at(src.side, pv, k), at(dst.side, q, k))
			e.copy(it.Elem, memLoc(src.side, a, 0), memLoc(dst.side, b, 0))
		})
		if dst.side.wide {
			m = "uint64(" + m + ")"
		}
	}
	e.writePair(dst, q, m)
}

// checkList prints the check of a list at p of n elements; pv becomes its
// address, and what is returned its length as a uint32.
func (e *emitter) checkList(s *side, pv, p, n string, l ir.Layout) string {
	nv := e.v("n")
	if s.wide {
		e.f("%s := %s", pv, p)
		e.f("%s := %s.CheckList64(%s, %s, %d, %d)", nv, s.cx, pv, n, l.Size, l.Align)
		return nv
	}
	e.f("%s, %s := %s, %s", pv, nv, p, n)
	e.f("%s.CheckList(%s, %s, %d, %d)", s.cx, pv, nv, l.Size, l.Align)
	return nv
}

// loop prints a loop over a uint32.
func (e *emitter) loop(n string, body func(k string)) {
	k := e.v("k")
	e.f("for %s := range %s {", k, n)
	body(k)
	e.f("}")
}

func listName(k ir.TypeKind) string {
	if k == ir.TBool {
		return "Bool"
	}
	return "Char"
}

func (e *emitter) copyFixed(it *ir.Type, src, dst loc) {
	el := &e.p.Types[it.Elem]
	rt := e.rt()
	if src.kind != inFlat && dst.kind != inFlat {
		switch {
		case !src.guest() && number(el.Kind):
			e.f("%s.StoreNumbers%s(%s, %s[:], %s)", rt, dst.side.suffix(), dst.side.cx, src.expr, dst.addr(0))
			return
		case !dst.guest() && number(el.Kind):
			e.f("%s.LoadNumbers%s(%s, %s[:], %s)", rt, src.side.suffix(), src.side.cx, dst.expr, src.addr(0))
			return
		case src.guest() && dst.guest() && e.bulk(it.Elem):
			e.copyBytes(src, dst, it.Size)
			return
		}
		e.loop(fmt.Sprintf("uint32(%d)", it.Len), func(k string) {
			at := func(l loc) loc {
				if l.kind == inGo {
					return goLoc(l.expr + "[" + k + "]")
				}
				a := e.v("p")
				e.f("%s := %s + %s(%s)*%d", a, l.addr(0), l.side.addr(), k, e.layout(l.side, it.Elem).Size)
				return memLoc(l.side, a, 0)
			}
			s := at(src)
			e.copy(it.Elem, s, at(dst))
		})
		return
	}
	for n := range int(it.Len) {
		at := func(l loc) loc {
			switch l.kind {
			case inGo:
				return goLoc(fmt.Sprintf("%s[%d]", l.expr, n))
			case inMem:
				return memLoc(l.side, l.expr, l.off+uint32(n)*e.layout(l.side, it.Elem).Size)
			}
			fl := len(el.Flat)
			return flatLoc(l.side, l.slots[n*fl:(n+1)*fl])
		}
		e.copy(it.Elem, at(src), at(dst))
	}
}

// entry is how an entry of a map lies in the memory of a side: like a tuple of
// key and value, whose offset is given.
func (e *emitter) entry(s *side, it *ir.Type) (l ir.Layout, off uint32) {
	k, v := e.layout(s, it.Key), e.layout(s, it.Elem)
	l.Align = max(k.Align, v.Align)
	off = roundUp(k.Size, v.Align)
	l.Size = roundUp(off+v.Size, l.Align)
	return l, off
}

// copyMap copies a map, which is a list<tuple<K, V>> to guests. Of entries with
// the same key the last one stays in a Go map.
func (e *emitter) copyMap(it *ir.Type, src, dst loc) {
	rt := e.rt()
	if !src.guest() {
		l, off := e.entry(dst.side, it)
		s, k, key, val, a := e.v("s"), e.v("k"), e.v("v"), e.v("v"), e.v("p")
		q, m := e.v("p"), e.v("n")
		keys := "Keys"
		if e.p.Types[it.Key].Kind == ir.TBool {
			keys = "BoolKeys"
		}
		e.f("%s := %s", s, src.expr)
		e.f("%s, %s := %s.NewList%s(len(%s), %d, %d), %s(len(%s))", q, m, dst.side.cx, dst.side.suffix(), s, l.Size, l.Align, dst.side.addr(), s)
		e.f("for %s, %s := range %s.%s(%s) {", k, key, rt, keys, s)
		e.f("%s, %s := %s + %s(%s)*%d, %s[%s]", a, val, q, dst.side.addr(), k, l.Size, s, key)
		e.copy(it.Key, goLoc(key), memLoc(dst.side, a, 0))
		e.copy(it.Elem, goLoc(val), memLoc(dst.side, a, off))
		e.f("}")
		e.writePair(dst, q, m)
		return
	}
	p, n := e.readPair(src)
	from, off := e.entry(src.side, it)
	pv := e.v("p")
	nv := e.checkList(src.side, pv, p, n, from)
	if !dst.guest() {
		s, key, val := e.v("s"), e.v("v"), e.v("v")
		e.f("%s := %s.MakeMap[%s, %s](%s, %s)", s, rt, e.goType(it.Key), e.goType(it.Elem), src.side.cx, nv)
		e.loop(nv, func(k string) {
			a := e.v("p")
			e.f("%s := %s + %s(%s)*%d", a, pv, src.side.addr(), k, from.Size)
			e.liftTo(key, it.Key, memLoc(src.side, a, 0))
			e.liftTo(val, it.Elem, memLoc(src.side, a, off))
			e.f("%s[%s] = %s", s, key, val)
		})
		e.f("%s = %s", dst.expr, s)
		return
	}
	to, toOff := e.entry(dst.side, it)
	q := e.v("p")
	e.f("%s := %s.NewList%s(int(%s), %d, %d)", q, dst.side.cx, dst.side.suffix(), nv, to.Size, to.Align)
	e.loop(nv, func(k string) {
		a, b := e.v("p"), e.v("p")
		e.f("%s, %s := %s + %s(%s)*%d, %s + %s(%s)*%d", a, b, pv, src.side.addr(), k, from.Size, q, dst.side.addr(), k, to.Size)
		e.copy(it.Key, memLoc(src.side, a, 0), memLoc(dst.side, b, 0))
		e.copy(it.Elem, memLoc(src.side, a, off), memLoc(dst.side, b, toOff))
	})
	if dst.side.wide {
		nv = "uint64(" + nv + ")"
	}
	e.writePair(dst, q, nv)
}

func roundUp(n, align uint32) uint32 { return (n + align - 1) / align * align }

// res is the *rt.ResourceType of a resource, seen from a side.
func (e *emitter) res(s *side, r ir.ResourceID) string {
	return fmt.Sprintf("%s.Inst.Res[%d]", s.cx, r)
}

// copyHandle moves an own or borrow handle.
func (e *emitter) copyHandle(it *ir.Type, src, dst loc) {
	own := it.Kind == ir.TOwn
	verb := "Borrow"
	if own {
		verb = "Own"
	}
	r := &e.p.Resources[it.Resource]
	switch {
	case src.guest() && dst.guest():
		rep, val, h := e.v("rep"), e.v("val"), e.v("h")
		e.f("%s, %s := %s.Lift%s(%s, %s)", rep, val, src.side.cx, verb, e.res(src.side, it.Resource), e.readBits(src, 4))
		e.f("%s := %s.Lower%s(%s, %s, %s)", h, dst.side.cx, verb, e.res(dst.side, it.Resource), rep, val)
		e.writeBits(dst, 4, h)
	case src.guest() && r.Imported:
		val := e.v("val")
		e.f("_, %s := %s.Lift%s(%s, %s)", val, src.side.cx, verb, e.res(src.side, it.Resource), e.readBits(src, 4))
		e.f("%s = %s.HostValue[%s](%s, %s)", dst.expr, e.rt(), e.goResource(it.Resource), e.res(src.side, it.Resource), val)
	case src.guest():
		if !own {
			e.fail("resource %s: a borrow of a resource of the component cannot be given to the host", r.Name.Name)
		}
		rep := e.v("rep")
		e.f("%s, _ := %s.LiftOwn(%s, %s)", rep, src.side.cx, e.res(src.side, it.Resource), e.readBits(src, 4))
		e.f("%s = %s", dst.expr, e.newGuest(it.Resource, e.res(src.side, it.Resource), rep, "(*Instance)("+src.side.cx+".Root)"))
	default:
		h := e.v("h")
		switch {
		case r.Imported:
			e.f("%s := %s.Lower%s(%s, 0, %s)", h, dst.side.cx, verb, e.res(dst.side, it.Resource), src.expr)
		case own:
			e.f("%s := %s.MoveGuest(%s, &%s.h)", h, dst.side.cx, e.res(dst.side, it.Resource), src.expr)
		default:
			e.f("%s := %s.LendGuest(%s, &%s.h)", h, dst.side.cx, e.res(dst.side, it.Resource), src.expr)
		}
		e.writeBits(dst, 4, h)
	}
}

// newGuest makes the typed API's handle of a guest resource.
func (e *emitter) newGuest(r ir.ResourceID, res, rep, inst string) string {
	mr := &e.m.Resources[r]
	if mr.Pkg != "" {
		e.fail("exported resource %s is mapped to package %s, which cannot hold resources of this component", mr.Name, mr.Pkg)
	}
	return fmt.Sprintf("&%s{h: %s.NewGuestResource(%s, %s), i: %s}", mr.Name, e.rt(), res, rep, inst)
}
