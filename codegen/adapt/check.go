package adapt

import (
	"fmt"

	"github.com/wc2go/wc2go/ir"
)

// needsCheck reports whether a Go value of type t may not be a WIT value.
func (e *emitter) needsCheck(t ir.TypeID) bool {
	if t == ir.NoType {
		return false
	}
	b, ok := e.checks[t]
	if !ok {
		b = e.findCheck(t)
		e.checks[t] = b
	}
	return b
}

func (e *emitter) findCheck(t ir.TypeID) bool {
	it := &e.p.Types[t]
	switch it.Kind {
	case ir.TString, ir.TChar, ir.TEnum, ir.TVariant, ir.TList, ir.TMap, ir.TOwn, ir.TBorrow, ir.TStream, ir.TFuture, ir.TErrorContext:
		return true
	case ir.TFlags:
		return len(it.Cases) != 8*int(it.Size)
	}
	for _, c := range it.Cases {
		if e.needsCheck(c.Type) {
			return true
		}
	}
	return e.needsCheck(it.Elem) || e.needsCheck(it.Err)
}

// beginClaims prints what comes before the checks of values of these types, if
// there are handles of guest resources among them.
func (e *emitter) beginClaims(ts ...ir.TypeID) {
	if e.anyOf(ts, func(t *ir.Type) bool {
		return (t.Kind == ir.TOwn || t.Kind == ir.TBorrow) && !e.p.Resources[t.Resource].Imported
	}) {
		e.f("i.store.BeginClaims()")
	}
}

// check prints code that refuses a Go value that is no value of type t; bad
// prints what to do with the error.
func (e *emitter) check(t ir.TypeID, v string, bad func(err string)) {
	if !e.needsCheck(t) {
		return
	}
	it := &e.p.Types[t]
	rt := e.rt()
	try := func(format string, args ...any) {
		x := e.v("err")
		e.f("if %s := %s; %s != nil {", x, fmt.Sprintf(format, args...), x)
		bad(x)
		e.f("}")
	}
	switch it.Kind {
	case ir.TString:
		try("%s.CheckString(%s)", rt, v)
		return
	case ir.TChar:
		try("%s.CheckChar(%s)", rt, v)
		return
	case ir.TEnum:
		try("%s.CheckRange(%s, uint32(%s) < %d)", rt, v, v, len(it.Cases))
		return
	case ir.TFlags:
		try("%s.CheckRange(%s, uint64(%s) <= %#x)", rt, v, v, flagMask(len(it.Cases)))
		return
	case ir.TStream:
		try("%s.CheckStream(i.store, %s)", rt, v)
		return
	case ir.TFuture:
		try("%s.CheckFuture(i.store, %s)", rt, v)
		return
	case ir.TErrorContext:
		try("%s.CheckErrorContext(%s)", rt, v)
		return
	case ir.TOwn, ir.TBorrow:
		r := &e.p.Resources[it.Resource]
		switch {
		case r.Imported && e.m.Resources[it.Resource].Pointer:
			e.f("if %s == nil {", v)
			bad(fmt.Sprintf("%s.CheckHost(nil, %q)", rt, r.Name.Name))
			e.f("}")
		case r.Imported:
			try("%s.CheckHost(%s, %q)", rt, v, r.Name.Name)
		default:
			verb := "Own"
			if it.Kind == ir.TBorrow {
				verb = "Borrow"
			}
			// A nil pointer must not be dereferenced for its field.
			e.f("if %s == nil {", v)
			bad(fmt.Sprintf("%s.CheckHost(nil, %q)", rt, r.Name.Name))
			e.f("}")
			try("%s.h.Check%s(i.comp[0].Res[%d])", v, verb, it.Resource)
		}
		return
	case ir.TList:
		el := &e.p.Types[it.Elem]
		if !e.needsCheck(it.Elem) {
			try("%s.CheckLen(len(%s), %d)", rt, v, el.Size)
			return
		}
	}
	// A function of its own for what is made of parts.
	key := fmt.Sprintf("check %d", t)
	name, known := e.outlined[key]
	if !known {
		name = fmt.Sprintf("check%d", len(e.outlined))
		e.outlined[key] = name
		e.queue = append(e.queue, func() {
			e.f("func %s(i *Instance, v %s) error {", name, e.goType(t))
			e.checkParts(t, it, func(err string) { e.f("return %s", err) })
			e.f("return nil\n}\n")
		})
	}
	try("%s(i, %s)", name, v)
}

// checkParts prints the body of a check of the parameter v.
func (e *emitter) checkParts(t ir.TypeID, it *ir.Type, bad func(err string)) {
	switch it.Kind {
	case ir.TRecord, ir.TTuple:
		for n, c := range it.Cases {
			e.check(c.Type, "v."+e.field(t, n), bad)
		}
	case ir.TVariant, ir.TOption, ir.TResult:
		if it.Kind == ir.TVariant && !e.anyCaseNeedsCheck(it) {
			e.f("switch v.(type) {")
			e.f("case ")
			e.buf.Truncate(e.buf.Len() - 1)
			for n := range it.Cases {
				if n > 0 {
					e.buf.WriteString(", ")
				}
				e.buf.WriteString(e.member(t, n))
			}
			e.f(":")
			e.f("default:\nreturn %s.CheckVariant(v)\n}", e.rt())
			return
		}
		e.splitChecked(t, it, bad)
	case ir.TList:
		e.f("if err := %s.CheckLen(len(v), %d); err != nil {\nreturn err\n}", e.rt(), e.p.Types[it.Elem].Size)
		e.f("for k := range v {")
		e.check(it.Elem, "v[k]", bad)
		e.f("}")
	case ir.TFixedList:
		e.f("for k := range v {")
		e.check(it.Elem, "v[k]", bad)
		e.f("}")
	case ir.TMap:
		kt, vt := &e.p.Types[it.Key], &e.p.Types[it.Elem]
		align := max(kt.Align, vt.Align)
		e.f("if err := %s.CheckLen(len(v), %d); err != nil {\nreturn err\n}", e.rt(),
			roundUp(roundUp(kt.Size, vt.Align)+vt.Size, align))
		if ck, cv := e.needsCheck(it.Key), e.needsCheck(it.Elem); ck || cv {
			switch {
			case cv && ck:
				e.f("for k, x := range v {")
			case ck:
				e.f("for k := range v {")
			default:
				e.f("for _, x := range v {")
			}
			e.check(it.Key, "k", bad)
			e.check(it.Elem, "x", bad)
			e.f("}")
		}
	}
}

func (e *emitter) anyCaseNeedsCheck(it *ir.Type) bool {
	for _, c := range it.Cases {
		if e.needsCheck(c.Type) {
			return true
		}
	}
	return false
}

// splitChecked prints the branches of a variant, option or result whose
// payloads need checks.
func (e *emitter) splitChecked(t ir.TypeID, it *ir.Type, bad func(err string)) {
	switch it.Kind {
	case ir.TOption:
		e.f("if x, ok := v.Get(); ok {")
		e.check(it.Elem, "x", bad)
		e.f("}")
	case ir.TResult:
		if e.needsCheck(it.Elem) {
			e.f("if x, ok := v.OK(); ok {")
			e.check(it.Elem, "x", bad)
			e.f("}")
		}
		if e.needsCheck(it.Err) {
			e.f("if x, ok := v.Err(); ok {")
			e.check(it.Err, "x", bad)
			e.f("}")
		}
	default:
		e.f("switch x := v.(type) {")
		for n, c := range it.Cases {
			e.f("case %s:", e.member(t, n))
			e.check(c.Type, "x.Value", bad)
		}
		e.f("default:\nreturn %s.CheckVariant(v)\n}", e.rt())
	}
}
