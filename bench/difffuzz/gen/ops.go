package gen

// operator is an instruction that only pops and pushes.
type operator struct {
	prefix byte
	code   int
	params []Type
	result Type
	before fix
	nan    Type // float lanes of the result whose NaNs are made canonical
	lanes  int  // there is a lane immediate
	traps  bool
	vector bool
}

// fix is what is done to the last operand first.
type fix uint8

const (
	fixDivisor fix = 1 + iota // mostly not zero
	fixNaN                    // its bits are looked at
)

type memOp struct {
	code   byte
	t      Type
	align  int
	lanes  int
	vector bool
}

var loads = []memOp{
	{0x28, I32, 2, 0, false}, {0x29, I64, 3, 0, false}, {0x2a, F32, 2, 0, false}, {0x2b, F64, 3, 0, false},
	{0x2c, I32, 0, 0, false}, {0x2d, I32, 0, 0, false}, {0x2e, I32, 1, 0, false}, {0x2f, I32, 1, 0, false},
	{0x30, I64, 0, 0, false}, {0x31, I64, 0, 0, false}, {0x32, I64, 1, 0, false}, {0x33, I64, 1, 0, false},
	{0x34, I64, 2, 0, false}, {0x35, I64, 2, 0, false},
	{0, V128, 4, 0, true}, {1, V128, 3, 0, true}, {2, V128, 3, 0, true}, {3, V128, 3, 0, true}, {4, V128, 3, 0, true},
	{5, V128, 3, 0, true}, {6, V128, 3, 0, true}, {7, V128, 0, 0, true}, {8, V128, 1, 0, true}, {9, V128, 2, 0, true},
	{10, V128, 3, 0, true}, {92, V128, 2, 0, true}, {93, V128, 3, 0, true},
	{84, V128, 0, 16, true}, {85, V128, 1, 8, true}, {86, V128, 2, 4, true}, {87, V128, 3, 2, true},
}

var stores = []memOp{
	{0x36, I32, 2, 0, false}, {0x37, I64, 3, 0, false}, {0x38, F32, 2, 0, false}, {0x39, F64, 3, 0, false},
	{0x3a, I32, 0, 0, false}, {0x3b, I32, 1, 0, false}, {0x3c, I64, 0, 0, false}, {0x3d, I64, 1, 0, false}, {0x3e, I64, 2, 0, false},
	{11, V128, 4, 0, true}, {88, V128, 0, 16, true}, {89, V128, 1, 8, true}, {90, V128, 2, 4, true}, {91, V128, 3, 2, true},
}

var ops = operators()

func operators() []operator {
	var l []operator
	add := func(from, to int, result Type, params ...Type) {
		for c := from; c <= to; c++ {
			l = append(l, operator{code: c, params: params, result: result})
		}
	}
	set := func(from, to int, f func(*operator)) {
		for i := range l {
			if l[i].prefix == 0 && l[i].code >= from && l[i].code <= to {
				f(&l[i])
			}
		}
	}
	add(0x45, 0x45, I32, I32)
	add(0x46, 0x4f, I32, I32, I32)
	add(0x50, 0x50, I32, I64)
	add(0x51, 0x5a, I32, I64, I64)
	add(0x5b, 0x60, I32, F32, F32)
	add(0x61, 0x66, I32, F64, F64)
	add(0x67, 0x69, I32, I32)
	add(0x6a, 0x78, I32, I32, I32)
	add(0x79, 0x7b, I64, I64)
	add(0x7c, 0x8a, I64, I64, I64)
	add(0x8b, 0x91, F32, F32)
	add(0x92, 0x98, F32, F32, F32)
	add(0x99, 0x9f, F64, F64)
	add(0xa0, 0xa6, F64, F64, F64)
	add(0xa7, 0xa7, I32, I64)
	add(0xa8, 0xa9, I32, F32)
	add(0xaa, 0xab, I32, F64)
	add(0xac, 0xad, I64, I32)
	add(0xae, 0xaf, I64, F32)
	add(0xb0, 0xb1, I64, F64)
	add(0xb2, 0xb3, F32, I32)
	add(0xb4, 0xb5, F32, I64)
	add(0xb6, 0xb6, F32, F64)
	add(0xb7, 0xb8, F64, I32)
	add(0xb9, 0xba, F64, I64)
	add(0xbb, 0xbb, F64, F32)
	add(0xbc, 0xbc, I32, F32)
	add(0xbd, 0xbd, I64, F64)
	add(0xbe, 0xbe, F32, I32)
	add(0xbf, 0xbf, F64, I64)
	add(0xc0, 0xc1, I32, I32)
	add(0xc2, 0xc4, I64, I64)
	set(0x6d, 0x70, func(o *operator) { o.before = fixDivisor })
	set(0x7f, 0x82, func(o *operator) { o.before = fixDivisor })
	set(0xa8, 0xab, func(o *operator) { o.traps = true })
	set(0xae, 0xb1, func(o *operator) { o.traps = true })
	for _, c := range []int{0x98, 0xa6, 0xbc, 0xbd} {
		set(c, c, func(o *operator) { o.before = fixNaN })
	}
	for c := range 8 {
		o := operator{prefix: 0xfc, code: c, params: []Type{F32}, result: I32}
		if c&2 != 0 {
			o.params = []Type{F64}
		}
		if c&4 != 0 {
			o.result = I64
		}
		l = append(l, o)
	}

	var v []operator
	vec := func(result Type, params []Type, codes ...int) {
		for _, c := range codes {
			v = append(v, operator{prefix: 0xfd, code: c, params: params, result: result, vector: true})
		}
	}
	last := func(f func(*operator)) { f(&v[len(v)-1]) }
	one, two := []Type{V128}, []Type{V128, V128}
	vec(V128, two, 13, 14)
	vec(V128, []Type{I32}, 15, 16, 17)
	vec(V128, []Type{I64}, 18)
	vec(V128, []Type{F32}, 19)
	last(func(o *operator) { o.before = fixNaN })
	vec(V128, []Type{F64}, 20)
	last(func(o *operator) { o.before = fixNaN })
	for _, x := range []struct {
		code, lanes int
		t           Type
		replace     bool
	}{
		{21, 16, I32, false}, {22, 16, I32, false}, {23, 16, I32, true}, {24, 8, I32, false}, {25, 8, I32, false}, {26, 8, I32, true},
		{27, 4, I32, false}, {28, 4, I32, true}, {29, 2, I64, false}, {30, 2, I64, true}, {31, 4, F32, false}, {32, 4, F32, true},
		{33, 2, F64, false}, {34, 2, F64, true},
	} {
		if x.replace {
			vec(V128, []Type{V128, x.t}, x.code)
			last(func(o *operator) { o.before, o.lanes = fixNaN, x.lanes })
		} else {
			vec(x.t, one, x.code)
			last(func(o *operator) { o.lanes = x.lanes })
		}
	}
	for c := 35; c <= 76; c++ {
		vec(V128, two, c)
	}
	vec(V128, one, 77)
	vec(V128, two, 78, 79, 80, 81)
	vec(V128, []Type{V128, V128, V128}, 82)
	vec(I32, one, 83, 99, 100, 131, 132, 163, 164, 195, 196)
	vec(V128, one, 96, 97, 98, 124, 125, 126, 127, 128, 129, 135, 136, 137, 138, 160, 161, 167, 168, 169, 170,
		192, 193, 199, 200, 201, 202, 224, 225, 236, 237, 248, 249, 250, 251, 252, 253, 254, 255)
	vec(V128, []Type{V128, I32}, 107, 108, 109, 139, 140, 141, 171, 172, 173, 203, 204, 205)
	vec(V128, two, 101, 102, 110, 111, 112, 113, 114, 115, 118, 119, 120, 121, 123, 130, 133, 134, 142, 143, 144, 145, 146, 147, 149,
		150, 151, 152, 153, 155, 156, 157, 158, 159, 174, 177, 181, 182, 183, 184, 185, 186, 188, 189, 190, 191,
		206, 209, 213, 214, 215, 216, 217, 218, 219, 220, 221, 222, 223, 234, 235, 246, 247)
	for _, x := range []struct {
		t     Type
		p     []Type
		codes []int
	}{
		{F32, one, []int{94, 103, 104, 105, 106, 227}},
		{F64, one, []int{95, 116, 117, 122, 148, 239}},
		{F32, two, []int{228, 229, 230, 231, 232, 233}},
		{F64, two, []int{240, 241, 242, 243, 244, 245}},
	} {
		for _, c := range x.codes {
			vec(V128, x.p, c)
			last(func(o *operator) { o.nan = x.t })
		}
	}
	return append(l, v...)
}
