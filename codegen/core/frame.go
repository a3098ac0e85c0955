package core

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// This file: functions with very many locals.
//
// What the Go compiler keeps of a variable it keeps for every place of the
// function: 5,000 variables take it 230 MB, 10,000 take it 730 MB. Fields of a struct
// are no variables, so locals that are mentioned least become fields.

const (
	// maxVariables is how many locals a function may have before some become fields;
	// a quarter of as many stay variables then.
	maxVariables = 1500
	// frameFields is the length of one struct, which is to be small enough for Go's stack.
	frameFields = 4000
)

// frames are the structs: the number of a local's struct by local, 0 if it is a variable.
type frames []int

func (f frames) has(l ir.Local) bool { return int(l) < len(f) && f[l] > 0 }

// local is the Go expression of a local.
func (b *body) local(l ir.Local) string {
	if b.frames.has(l) {
		return "fr" + strconv.Itoa(b.frames[l]) + "." + local(l)
	}
	if int(l) < b.params && b.isPointer(l) {
		return "p" + strconv.FormatUint(uint64(l), 10)
	}
	return local(l)
}

// chooseFrames decides which locals are fields.
func (b *body) chooseFrames() {
	limit := b.l.opts.MaxVariables
	if limit == 0 {
		limit = maxVariables
	}
	if len(b.f.Locals)-b.params <= limit || b.f.Try != nil {
		return
	}
	n := b.f.Mentions()
	var order []int
	for l := b.params; l < len(n); l++ {
		if b.f.Locals[l].Kind != ir.V128 && n[l] > 0 {
			order = append(order, l)
		}
	}
	if len(order) <= limit {
		return
	}
	slices.SortStableFunc(order, func(x, y int) int { return n[y] - n[x] })
	b.frames = make(frames, len(n))
	for i, l := range order[limit/4:] {
		b.frames[l] = 1 + i/frameFields
	}
}

// declareFrames declares the structs.
func (b *body) declareFrames() {
	if b.frames == nil {
		return
	}
	fields := make([]map[string][]string, 1+slices.Max(b.frames))
	for l, k := range b.frames {
		if k == 0 {
			continue
		}
		if fields[k] == nil {
			fields[k] = map[string][]string{}
		}
		t := b.goType(b.f.Locals[l])
		fields[k][t] = append(fields[k][t], local(ir.Local(l)))
	}
	for k := 1; k < len(fields); k++ {
		b.line("var fr", strconv.Itoa(k), " struct {")
		for _, t := range slices.Sorted(maps.Keys(fields[k])) {
			b.line("\t", strings.Join(fields[k][t], ", "), " ", t)
		}
		b.line("}")
	}
}
