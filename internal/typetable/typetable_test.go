package typetable

import (
	"strings"
	"testing"

	"github.com/wc2go/wc2go/ir"
	"github.com/wc2go/wc2go/rt"
)

func TestEncode(t *testing.T) {
	p := &ir.Program{Resources: []ir.Resource{
		{ID: 0, Name: ir.Name{Interface: "a:b/c", Name: "res"}},
		{ID: 1},
	}}
	var scalars []ir.TypeID
	for k := ir.TBool; k <= ir.TErrorContext; k++ {
		scalars = append(scalars, p.AddType(ir.Type{Kind: k, Elem: ir.NoType, Key: ir.NoType, Err: ir.NoType}))
	}
	u8, u16, u64, f32, f64, str := scalars[ir.TU8], scalars[ir.TU16], scalars[ir.TU64], scalars[ir.TF32], scalars[ir.TF64], scalars[ir.TString]
	add := func(k ir.TypeKind, f func(*ir.Type)) ir.TypeID {
		typ := ir.Type{Kind: k, Elem: ir.NoType, Key: ir.NoType, Err: ir.NoType}
		f(&typ)
		return p.AddType(typ)
	}
	cases := func(c ...ir.Case) func(*ir.Type) {
		return func(t *ir.Type) { t.Cases = c; t.Name = ir.Name{Interface: "a:b/c@1.0.0", Name: "some-name"} }
	}
	rec := add(ir.TRecord, cases(ir.Case{Name: "a", Type: u8}, ir.Case{Name: "b", Type: u64}, ir.Case{Name: "c", Type: u16}))
	add(ir.TVariant, cases(ir.Case{Name: "x", Type: ir.NoType}, ir.Case{Name: "y", Type: f32}, ir.Case{Name: "z", Type: u16}))
	add(ir.TVariant, cases(ir.Case{Name: "x", Type: f64}, ir.Case{Name: "y", Type: rec}))
	add(ir.TTuple, func(t *ir.Type) { t.Cases = []ir.Case{{Type: str}, {Type: f64}, {Type: u8}} })
	add(ir.TFlags, cases(ir.Case{Name: "r", Type: ir.NoType}, ir.Case{Name: "w", Type: ir.NoType}))
	var many []ir.Case
	for i := range 300 {
		many = append(many, ir.Case{Name: "c" + strings.Repeat("a", i), Type: ir.NoType})
	}
	add(ir.TEnum, cases(many...))
	add(ir.TFlags, cases(many[:9]...))
	add(ir.TFlags, cases(many[:20]...))
	list := add(ir.TList, func(t *ir.Type) { t.Elem = rec })
	add(ir.TFixedList, func(t *ir.Type) { t.Elem, t.Len = rec, 3 })
	add(ir.TFixedList, func(t *ir.Type) { t.Elem, t.Len = str, 30 })
	add(ir.TMap, func(t *ir.Type) { t.Key, t.Elem = str, u8 })
	opt := add(ir.TOption, func(t *ir.Type) { t.Elem = list })
	add(ir.TResult, func(t *ir.Type) { t.Elem, t.Err = u64, opt })
	add(ir.TResult, func(t *ir.Type) {})
	own := add(ir.TOwn, func(t *ir.Type) { t.Resource = 0 })
	add(ir.TBorrow, func(t *ir.Type) { t.Resource = 1 })
	add(ir.TStream, func(t *ir.Type) { t.Elem = u8 })
	add(ir.TFuture, func(t *ir.Type) {})
	p.AddFuncType(ir.ComponentFuncType{Params: []ir.Param{{Name: "self", Type: own}, {Name: "x", Type: list}}, Result: opt})
	p.AddFuncType(ir.ComponentFuncType{Result: ir.NoType, Async: true})

	text := Encode(p)
	table := rt.NewTypes(text)
	if err := table.Err(); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	letters := map[ir.Kind]string{ir.I32: "i", ir.I64: "l", ir.F32: "f", ir.F64: "d"}
	for i := range p.Types {
		want, got := &p.Types[i], table.Type(i)
		if rt.TypeKind(want.Kind) != got.Kind {
			t.Errorf("type %d: kind %v, want %d", i, got.Kind, want.Kind)
		}
		size, align, flat := got.Layout()
		wantFlat := ""
		for _, v := range want.Flat {
			wantFlat += letters[v.Kind]
		}
		if wantFlat = wantFlat[:min(len(wantFlat), 17)]; size != want.Size || align != want.Align || flat != wantFlat {
			t.Errorf("type %d, %s: layout %d %d %q, want %d %d %q", i, got, size, align, flat, want.Size, want.Align, wantFlat)
		}
		if want.Name.Name != got.Name && want.Kind != ir.TOwn {
			t.Errorf("type %d: name %q, want %q", i, got.Name, want.Name.Name)
		}
	}
	if got, want := table.Func(0).String(), "func(self: res, x: list<some-name>) -> option<list<some-name>>"; got != want {
		t.Errorf("func 0 is %q, want %q", got, want)
	}
	if got, want := table.Func(1).String(), "async func()"; got != want {
		t.Errorf("func 1 is %q, want %q", got, want)
	}
}

func TestEscape(t *testing.T) {
	p := &ir.Program{}
	p.AddType(ir.Type{Kind: ir.TFlags, Elem: ir.NoType, Key: ir.NoType, Err: ir.NoType,
		Name: ir.Name{Interface: "url=<https://a b#c%>", Name: "_"}, Cases: []ir.Case{{Name: "x", Type: ir.NoType}}})
	table := rt.NewTypes(Encode(p))
	if err := table.Err(); err != nil {
		t.Fatal(err)
	}
	if typ := table.Type(0); typ.Interface != "url=<https://a b#c%>" || typ.Name != "_" {
		t.Errorf("%q %q", typ.Interface, typ.Name)
	}
}
