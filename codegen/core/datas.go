package core

import (
	"slices"

	"github.com/wc2go/wc2go/ir"
)

// maxGap is how many zeros between two data segments are stored so that one copy
// serves both. Linkers leave runs of zeros out (Go's makes tens of thousands of segments of
// a few bytes each), and a call takes more room in the program than they do.
const maxGap = 256

// joinedDatas are the active data segments of a module in the order in which to
// copy them, neighbours joined. That makes no difference if the module defines the memories, so that they
// are zero where no segment writes, if no two segments overlap, and if all fit,
// so that none traps. Otherwise they are left as they are.
func joinedDatas(m *ir.Module) []ir.Data {
	var in []ir.Data
	for _, d := range m.Datas {
		if d.Mode == ir.SegActive {
			in = append(in, d)
		}
	}
	imported := m.NumImports(ir.ExternMemory)
	at := func(d *ir.Data) uint64 {
		if m.Mems[int(d.Memory)-imported].Limits.Is64 {
			return d.Offset.Imm
		}
		return uint64(uint32(d.Offset.Imm))
	}
	for i := range in {
		d := &in[i]
		if int(d.Memory) < imported || d.Offset.Op != ir.OpConst {
			return in
		}
		t := &m.Mems[int(d.Memory)-imported]
		size := min(t.Limits.Min, 1<<(48-t.PageLog2)) << t.PageLog2
		if n := uint64(len(d.Bytes)); n > size || at(d) > size-n {
			return in
		}
	}
	order := slices.Clone(in)
	slices.SortStableFunc(order, func(a, b ir.Data) int {
		if a.Memory != b.Memory || at(&a) == at(&b) {
			return int(a.Memory) - int(b.Memory)
		}
		if at(&a) < at(&b) {
			return -1
		}
		return 1
	})
	var out []ir.Data
	end := uint64(0) // of the last of out
	own := false     // the last of out has bytes of its own
	for _, d := range order {
		n := len(out)
		switch {
		case len(d.Bytes) == 0:
			continue
		case n == 0 || out[n-1].Memory != d.Memory:
		case at(&d) < end:
			return in
		case at(&d)-end <= maxGap:
			last := &out[n-1]
			if !own { // the module's own stay as they are
				last.Bytes, own = slices.Clone(last.Bytes), true
			}
			last.Bytes = append(append(last.Bytes, make([]byte, at(&d)-end)...), d.Bytes...)
			end = at(&d) + uint64(len(d.Bytes))
			continue
		}
		out, own = append(out, d), false
		end = at(&d) + uint64(len(d.Bytes))
	}
	return out
}
