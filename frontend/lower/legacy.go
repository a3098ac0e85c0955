package lower

import "github.com/wc2go/wc2go/ir"

// This file: the exception handling that came before try_table (the legacy
// folder of the exception-handling proposal). It becomes a TryTable, each of whose
// catches leaves it for a block around it; what follows the block is the handler.

// legacyTry is what a frame of `try` has in addition to others.
type legacyTry struct {
	body     []ir.Stmt // nil until the first catch
	handlers []handler
	// landing is where `delegate` blocks jump with an exception for this try, at the
	// end of its body, where it is thrown again.
	landing ir.Label
	exn     ir.Local // of landing
}

// handler is a `catch` or `catch_all`.
type handler struct {
	label  ir.Label
	tag    uint32
	all    bool
	dsts   []ir.Local // payload
	exn    ir.Local
	thrown bool // there is a `rethrow`
	list   []ir.Stmt
}

var typeExnRef = ir.ValType{Kind: ir.Ref, Null: true, Heap: ir.HeapExn}

func (b *builder) newLabel() ir.Label {
	b.label++
	return b.label
}

// endPart ends the body or the last handler of a try and takes its statements,
// which do not come to their end: they branch behind the try.
func (b *builder) endPart(fr *frame) []ir.Stmt {
	if !b.dead {
		b.jump(fr)
	}
	b.drop(fr.height)
	list := b.take(fr.start)
	l := fr.legacy
	if len(l.handlers) > 0 {
		h := &l.handlers[len(l.handlers)-1]
		for _, d := range append(h.dsts[:len(h.dsts):len(h.dsts)], h.exn) {
			b.unhold(d)
		}
		h.list = list
		return nil
	}
	return b.land(l, list)
}

// land puts the landing of delegated exceptions behind a body that does not
// come to its end.
func (b *builder) land(l *legacyTry, body []ir.Stmt) []ir.Stmt {
	if l.landing == ir.NoLabel {
		return body
	}
	b.unhold(l.exn)
	ref := b.exprs.new()
	*ref = ir.Expr{Op: ir.OpLocal, Type: typeExnRef, Imm: uint64(l.exn), Pos: b.pos}
	return []ir.Stmt{&ir.Block{Label: l.landing, Body: body}, &ir.Throw{Ref: ref, Pos: b.pos}}
}

// doCatch begins a handler.
func (b *builder) doCatch(all bool) {
	fr := b.at(0)
	if list := b.endPart(fr); list != nil {
		fr.legacy.body = list
	}
	fr.kind = frameCatch
	b.dead = false
	h := handler{label: b.newLabel(), tag: b.in.Index, all: all}
	if !all {
		h.dsts = b.reserve(b.m.Types[b.tagType(b.in.Index)].Func.Params)
	}
	h.exn = b.reserve([]ir.ValType{typeExnRef})[0]
	fr.legacy.handlers = append(fr.legacy.handlers, h)
	for _, d := range h.dsts {
		b.push(b.local(d, b.pos))
	}
}

// endTry ends a try that has handlers.
func (b *builder) endTry(fr *frame) {
	b.endPart(fr)
	l := fr.legacy
	t := &ir.TryTable{Body: l.body}
	for _, h := range l.handlers {
		c := ir.Catch{Tag: h.tag, All: h.all, Dsts: h.dsts, Exn: ir.NoLocal, Target: h.label}
		if h.thrown {
			c.Exn = h.exn
		}
		t.Catches = append(t.Catches, c)
	}
	list := []ir.Stmt{t}
	for i := len(l.handlers) - 1; i >= 0; i-- {
		h := &l.handlers[i]
		list = append([]ir.Stmt{&ir.Block{Label: h.label, Body: list}}, h.list...)
	}
	b.endWith(fr, list)
}

// endWith ends a block whose statements do not come to their end.
func (b *builder) endWith(fr *frame, list []ir.Stmt) {
	b.dead = fr.uses == 0
	if !b.dead {
		b.emit(&ir.Block{Label: fr.label, Body: list})
		b.targets(fr)
		b.results(fr)
		return
	}
	b.stmts = append(b.stmts, list...)
	for _, d := range fr.dsts {
		b.unhold(d)
	}
}

// endPlainTry ends a try without handlers, which is a block.
func (b *builder) endPlainTry(fr *frame) {
	if fr.legacy.landing == ir.NoLabel {
		b.endBlock(fr)
		return
	}
	b.endWith(fr, b.endPart(fr))
}

// delegate ends a try whose exceptions go to an outer try, past those between.
func (b *builder) delegate() {
	fr := b.at(0)
	to := len(b.ctrl) - 2 - int(b.in.Index)
	for to > 0 && !b.ctrl[to].isTry() {
		to--
	}
	between := false
	for i := to + 1; i < len(b.ctrl)-1; i++ {
		between = between || b.ctrl[i].isTry()
	}
	if !between {
		// Nothing would catch them on the way.
		b.endPlainTry(fr)
		return
	}
	body := b.endPart(fr)
	dest := &b.ctrl[to]
	if dest.legacy == nil {
		dest.legacy = &legacyTry{}
	}
	l := dest.legacy
	if l.landing == ir.NoLabel {
		l.landing = b.newLabel()
		l.exn = b.reserve([]ir.ValType{typeExnRef})[0]
	}
	b.endWith(fr, []ir.Stmt{&ir.TryTable{Body: body, Catches: []ir.Catch{{All: true, Exn: l.exn, Target: l.landing}}}})
}

// isTry reports whether exceptions of what the frame holds may be caught there.
func (fr *frame) isTry() bool { return fr.kind == frameTry || fr.kind == frameLegacy }

// rethrow throws the exception of an enclosing handler again.
func (b *builder) rethrow() {
	b.leave(0)
	l := b.at(b.in.Index).legacy
	h := &l.handlers[len(l.handlers)-1]
	h.thrown = true
	b.emit(&ir.Throw{Ref: b.use(b.local(h.exn, b.pos)), Pos: b.pos})
	b.terminate()
}
