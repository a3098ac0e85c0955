package ir

// This file: component-level value types.

// TypeID is an index into Program.Types.
type TypeID int32

// NoType stands for an absent type (no payload, no result).
const NoType TypeID = -1

// TypeKind says what a component value type is.
type TypeKind uint8

// The component value types (Explainer.md, "Type Definitions").
const (
	TBool TypeKind = iota
	TS8
	TU8
	TS16
	TU16
	TS32
	TU32
	TS64
	TU64
	TF32
	TF64
	TChar
	TString
	TErrorContext
	TRecord
	TVariant
	TList
	TFixedList
	TMap
	TTuple
	TFlags
	TEnum
	TOption
	TResult
	TOwn
	TBorrow
	TStream
	TFuture
)

// Name is where a type got its name: an interface (or the world) and the name
// in it. The zero Name means the type has none.
type Name struct {
	// Interface is the full extern name of the interface that defines the type,
	// "ns:pkg/iface@1.2.3", or the plain name of an inline instance; "" for a
	// type of the world itself.
	Interface string
	Name      string // kebab-case, as written
	// Export: the interface is exported by the component, not imported. The
	// same WIT type on both sides is two Types, equal in structure unless
	// resources stand in it.
	Export bool
	Docs   string
}

// Case is a field of a record, a case of a variant, a name of an enum or flags.
type Case struct {
	Name string // kebab-case; "" for tuples
	Type TypeID // NoType: no payload
	Docs string
}

// Type is a component value type. Types are hash-consed over structure and
// Name: two records of the same shape with different names differ.
type Type struct {
	ID    TypeID
	Kind  TypeKind
	Name  Name
	Cases []Case // TRecord, TVariant, TTuple, TFlags, TEnum
	// Elem: TList, TFixedList, TOption, TStream, TFuture (NoType for stream
	// and future without payload), TMap value, TResult ok.
	Elem TypeID
	// Key: TMap key. Err: TResult error.
	Key, Err TypeID
	Len      uint32     // TFixedList
	Resource ResourceID // TOwn, TBorrow

	// Computed once, by Program.AddType (CanonicalABI.md "Alignment", "Element
	// Size", "Flattening"); sizes for 32-bit memories.
	Size, Align uint32
	Flat        []ValType // complete flattening, even when longer than the limits, cut off at MaxFlat
	// Offsets are the byte offsets of a record's or tuple's Cases.
	Offsets []uint32
	// DiscSize is the size of the discriminant of variant-like kinds (TVariant, TEnum,
	// TOption, TResult), PayloadOffset the offset of their payload.
	DiscSize, PayloadOffset uint32
	HasResource             bool // an own or borrow stands somewhere in it
	HasPointer              bool // lifting or lowering it may touch memory (string, list, map)
}

// FuncTypeID is an index into Program.FuncTypes.
type FuncTypeID int32

// Param is a parameter of a component function.
type Param struct {
	Name string
	Type TypeID
}

// ComponentFuncType is the type of a component function.
type ComponentFuncType struct {
	Params []Param
	Result TypeID // NoType: none
	Async  bool
}

// ResourceID is an index into Program.Resources.
type ResourceID int32

// Resource is a resource type, concrete in this program: two instantiations
// of the component that defines it make two Resources.
type Resource struct {
	ID   ResourceID
	Name Name // first name it is known by at the root
	// Imported: the host supplies it; Import says where it comes from.
	Imported bool
	Import   ImportPath
	// Defined resources: the component instance that defines it, and its
	// destructor (nil if none).
	Instance ComponentInstanceID
	Dtor     *CoreDef
	Rep      ValType // i32 (or i64 with memory64)
}
