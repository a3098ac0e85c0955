package validate

import (
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// Features says which parts of core WebAssembly, beyond the first version and
// the small numeric additions to it, a module may use, and which parts of the
// component model a component may use.
type Features struct {
	MultiValue         bool
	BulkMemory         bool
	ReferenceTypes     bool
	SIMD               bool
	RelaxedSIMD        bool
	TailCall           bool
	ExtendedConst      bool
	MultiMemory        bool
	Memory64           bool // 64-bit tables too
	FunctionReferences bool
	GC                 bool
	Exceptions         bool
	LegacyExceptions   bool // try, catch, rethrow, delegate
	Threads            bool
	WideArithmetic     bool
	CustomPageSizes    bool
	CompactImports     bool // groups of imports
	CustomDescriptors  bool // a proposal that no engine has on by default; AllFeatures leaves it off

	Component ComponentFeatures
}

// AllFeatures enables everything that is finished.
func AllFeatures() Features {
	return Features{
		MultiValue: true, BulkMemory: true, ReferenceTypes: true, SIMD: true, RelaxedSIMD: true, TailCall: true,
		ExtendedConst: true, MultiMemory: true, Memory64: true, FunctionReferences: true, GC: true, Exceptions: true,
		LegacyExceptions: true, Threads: true, WideArithmetic: true, CustomPageSizes: true, CompactImports: true,
		Component: allComponentFeatures(),
	}
}

// opNeeds returns the name of the feature that op needs but f lacks, "" if it
// is enabled.
func (f *Features) opNeeds(op ir.Op) string {
	need := func(on bool, name string) string {
		if on {
			return ""
		}
		return name
	}
	switch {
	case op >= ir.OpBaseFE:
		return need(f.Threads, "threads")
	case op >= ir.OpBaseFD+0x100:
		return need(f.RelaxedSIMD, "relaxed SIMD")
	case op >= ir.OpBaseFD:
		return need(f.SIMD, "SIMD")
	case op >= ir.OpStructNewDesc:
		return need(f.GC && f.CustomDescriptors, "custom descriptors")
	case op >= ir.OpBaseFB:
		return need(f.GC, "gc")
	case op >= ir.OpI64Add128:
		return need(f.WideArithmetic, "wide arithmetic")
	case op >= ir.OpTableGrow:
		return need(f.ReferenceTypes, "reference types")
	case op >= ir.OpMemoryInit:
		return need(f.BulkMemory, "bulk memory")
	}
	switch op {
	case binary.OpReturnCall, binary.OpReturnCallIndirect:
		return need(f.TailCall, "tail calls")
	case binary.OpReturnCallRef:
		return need(f.TailCall && f.FunctionReferences, "tail calls and function references")
	case binary.OpCallRef, binary.OpRefAsNonNull, binary.OpBrOnNull, binary.OpBrOnNonNull:
		return need(f.FunctionReferences, "function references")
	case binary.OpRefEq:
		return need(f.GC, "gc")
	case binary.OpTry, binary.OpCatch, binary.OpRethrow, binary.OpDelegate, binary.OpCatchAll:
		return need(f.LegacyExceptions, "legacy exceptions")
	case binary.OpThrow:
		return need(f.Exceptions || f.LegacyExceptions, "exceptions")
	case binary.OpThrowRef, binary.OpTryTable:
		return need(f.Exceptions, "exceptions")
	case binary.OpSelectT, binary.OpRefNull, binary.OpRefIsNull, binary.OpRefFunc, ir.OpTableGet, ir.OpTableSet:
		return need(f.ReferenceTypes, "reference types")
	}
	return ""
}

// checkOp refuses an operator of a feature that is off.
func (f *Features) checkOp(op ir.Op, at int) *binary.Error {
	if n := f.opNeeds(op); n != "" {
		return binary.Errorf(at, "%s support is not enabled", n)
	}
	return nil
}

// checkValType refuses a value type of a feature that is off.
func (f *Features) checkValType(t ir.ValType, at int) *binary.Error {
	switch {
	case t.Exact && !f.CustomDescriptors:
		return binary.Errorf(at, "custom descriptors support is not enabled")
	case t.Kind == ir.V128 && !f.SIMD:
		return binary.Errorf(at, "SIMD support is not enabled")
	case t.Kind != ir.Ref, f.GC && f.Exceptions && f.FunctionReferences && f.ReferenceTypes:
		return nil
	case t == ir.TypeFuncRef: // the element type of the first version's tables
		return nil
	case t == ir.TypeExternRef:
		if !f.ReferenceTypes {
			return binary.Errorf(at, "reference types support is not enabled")
		}
	case t.Heap == ir.HeapExn || t.Heap == ir.HeapNoExn:
		if !f.Exceptions {
			return binary.Errorf(at, "exceptions support is not enabled")
		}
	case t.Heap >= 0 || t.Heap == ir.HeapFunc || t.Heap == ir.HeapExtern:
		if !f.FunctionReferences && !f.GC {
			return binary.Errorf(at, "function references support is not enabled")
		}
	default:
		if !f.GC {
			return binary.Errorf(at, "gc support is not enabled")
		}
	}
	return nil
}
