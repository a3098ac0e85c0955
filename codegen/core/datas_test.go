package core

import (
	"testing"

	"github.com/wc2go/wc2go/ir"
)

// TestJoinedDatas compares what memory holds after the segments as they are and
// as they are joined, and how many are left.
func TestJoinedDatas(t *testing.T) {
	at := func(off uint64) *ir.Expr { return &ir.Expr{Op: ir.OpConst, Type: ir.ValType{Kind: ir.I32}, Imm: off} }
	seg := func(off uint64, s string) ir.Data { return ir.Data{Offset: at(off), Bytes: []byte(s)} }
	passive := ir.Data{Mode: ir.SegPassive, Bytes: []byte("passive")}
	other := seg(20, "other")
	other.Memory = 1
	moved := seg(0, "x")
	moved.Offset = &ir.Expr{Op: ir.OpGlobal, Type: ir.ValType{Kind: ir.I32}}
	for _, test := range []struct {
		name  string
		datas []ir.Data
		want  int
	}{
		{"neighbours", []ir.Data{seg(8, "a"), seg(9, "b"), passive, seg(12, "c"), seg(12+1+maxGap, "d")}, 1},
		{"far", []ir.Data{seg(8, "a"), seg(9+maxGap+1, "b"), seg(9000, "c"), seg(9001, "d")}, 3},
		{"overlap", []ir.Data{seg(8, "aaaa"), seg(10, "bb"), seg(13, "c"), seg(20, "d")}, 4},
		{"backwards", []ir.Data{seg(800, "zz"), seg(8, "a"), seg(9, "b"), seg(700, ""), seg(802, "c")}, 2},
		{"out of bounds", []ir.Data{seg(65530, "a"), seg(65531, "b"), seg(65535, "cc")}, 3},
		{"other memory", []ir.Data{seg(8, "a"), other, seg(9, "b"), seg(10, "c")}, 2},
		{"not constant", []ir.Data{seg(8, "a"), moved, seg(9, "b"), seg(10, "c")}, 4},
	} {
		m := &ir.Module{Datas: test.datas, Mems: make([]ir.MemoryType, 2)}
		for i := range m.Mems {
			m.Mems[i] = ir.MemoryType{Limits: ir.Limits{Min: 1}, PageLog2: 16}
		}
		var text []string
		for _, d := range test.datas {
			text = append(text, string(d.Bytes))
		}
		out := joinedDatas(m)
		if len(out) != test.want {
			t.Errorf("%s: %d segments, want %d", test.name, len(out), test.want)
		}
		mem := func(ds []ir.Data) (mems [2][1 << 16]byte, trap bool) {
			for _, d := range ds {
				if d.Mode != ir.SegActive {
					continue
				}
				off := uint64(30000) // of the one that is not constant
				if d.Offset.Op == ir.OpConst {
					off = d.Offset.Imm
				}
				if off+uint64(len(d.Bytes)) > 1<<16 {
					return mems, true
				}
				copy(mems[d.Memory][off:], d.Bytes)
			}
			return mems, false
		}
		want, wantTrap := mem(test.datas)
		got, trap := mem(out)
		if got != want || trap != wantTrap {
			t.Errorf("%s: memory differs", test.name)
		}
		for i, d := range test.datas {
			if string(d.Bytes) != text[i] {
				t.Errorf("%s: the module's segment %d became %q", test.name, i, d.Bytes)
			}
		}
	}
	// An imported memory may hold anything between the segments.
	m := &ir.Module{Datas: []ir.Data{seg(8, "a"), seg(10, "b")}, Imports: []ir.ModuleImport{{Kind: ir.ExternMemory}}}
	if n := len(joinedDatas(m)); n != 2 {
		t.Errorf("imported memory: %d segments, want 2", n)
	}
}
