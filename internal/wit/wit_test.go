package wit_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/wc2go/wc2go/internal/wit"
	"github.com/wc2go/wc2go/ir"
)

func none(k ir.TypeKind) ir.Type {
	return ir.Type{Kind: k, Elem: ir.NoType, Key: ir.NoType, Err: ir.NoType}
}

func TestPrint(t *testing.T) {
	p := &ir.Program{Docs: "All of it.\n\nAt length."}
	u8, str := p.AddType(none(ir.TU8)), p.AddType(none(ir.TString))
	of := func(k ir.TypeKind, elem ir.TypeID) ir.TypeID {
		ty := none(k)
		ty.Elem = elem
		return p.AddType(ty)
	}
	fixed, kv := none(ir.TFixedList), none(ir.TMap)
	fixed.Elem, fixed.Len = u8, 4
	kv.Key, kv.Elem = str, of(ir.TStream, ir.NoType)
	okErr, errOnly := none(ir.TResult), none(ir.TResult)
	okErr.Elem = of(ir.TFuture, u8)
	errOnly.Err = str
	pair := none(ir.TTuple)
	pair.Cases = []ir.Case{{Type: p.AddType(fixed)}, {Type: p.AddType(kv)}}
	rec := none(ir.TRecord)
	rec.Name = ir.Name{Interface: "a:list/use@1.0.0", Name: "record"}
	rec.Cases = []ir.Case{{Name: "from", Type: p.AddType(pair), Docs: "Where."}}
	recID := p.AddType(rec)
	p.Resources = []ir.Resource{{Name: ir.Name{Interface: "a:list/use@1.0.0", Name: "res"}}}
	own, borrow := none(ir.TOwn), none(ir.TBorrow)
	ownID, borrowID := p.AddType(own), p.AddType(borrow)
	ctor := okErr
	ctor.Elem, ctor.Err = ownID, ir.NoType
	fn := func(name string, async bool, result ir.TypeID, params ...ir.Param) ir.Extern {
		return ir.Extern{Name: name, FuncType: p.AddFuncType(ir.ComponentFuncType{Async: async, Params: params, Result: result})}
	}
	self := ir.Param{Name: "self", Type: borrowID}
	p.Imports = []ir.Extern{
		{Name: "a:list/use@1.0.0", Kind: ir.ItemInstance, Items: []ir.Extern{
			{Name: "record", Kind: ir.ItemType, Type: recID},
			{Name: "alias", Kind: ir.ItemType, Type: recID},
			{Name: "res", Kind: ir.ItemResource},
			fn("[constructor]res", false, p.AddType(ctor)),
			fn("[method]res.get", true, p.AddType(okErr), self),
			fn("[static]res.make", false, ownID, ir.Param{Name: "s8", Type: str}),
		}},
		{Name: "two", Implements: "a:list/use@1.0.0", Kind: ir.ItemInstance},
		{Name: "m", Kind: ir.ItemModule},
		{Name: "inline", Kind: ir.ItemInstance, Docs: "Inline.", Items: []ir.Extern{fn("f", false, ir.NoType, ir.Param{Name: "r", Type: recID})}},
	}
	p.Exports = []ir.Extern{
		// More of an interface on the other side; a type that it does not declare.
		{Name: "a:list/use@1.0.0", Kind: ir.ItemInstance, Items: []ir.Extern{fn("more", false, p.AddType(errOnly))}},
		{Name: "a:b/c", Kind: ir.ItemInstance, Items: []ir.Extern{fn("take", false, ir.NoType, ir.Param{Name: "r", Type: recID}, ir.Param{Name: "h", Type: borrowID})}},
	}
	var b strings.Builder
	if err := wit.Print(&b, p); err != nil {
		t.Fatal(err)
	}
	want := `package root:component;

/// All of it.
///
/// At length.
world root {
  import a:%list/%use@1.0.0;
  import two: a:%list/%use@1.0.0;
  // import "m": core module
  /// Inline.
  import inline: interface {
    use a:%list/%use@1.0.0.{%record};

    f: func(r: %record);
  }

  export a:%list/%use@1.0.0;
  export a:b/c;
}
package a:%list@1.0.0 {
  interface %use {
    record %record {
      /// Where.
      %from: tuple<list<u8, 4>, map<string, stream>>,
    }

    type alias = %record;

    resource res {
      constructor() -> result<res>;
      get: async func() -> result<future<u8>>;
      make: static func(%s8: string) -> res;
    }

    more: func() -> result<_, string>;
  }
}
package a:b {
  interface c {
    use a:%list/%use@1.0.0.{%record, res};

    take: func(r: %record, h: borrow<res>);
  }
}
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestNotExpressible(t *testing.T) {
	p := &ir.Program{}
	anonymous := none(ir.TEnum)
	anonymous.Cases = []ir.Case{{Name: "a"}}
	p.AddFuncType(ir.ComponentFuncType{Result: p.AddType(anonymous)})
	p.Exports = []ir.Extern{{Name: "f"}}
	for _, p := range []*ir.Program{p, {Core: true}} {
		if err := wit.Print(&strings.Builder{}, p); err == nil {
			t.Error("no error")
		}
	}
}
