package rt

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// naive works lane by lane on a half: n lanes of 64/n bits.
func naive(n int, f func(x, y int64) int64) func(x, y uint64) uint64 {
	w := 64 / n
	return func(x, y uint64) (r uint64) {
		for i := range n {
			a := int64(x<<(64-w*(i+1))) >> (64 - w)
			b := int64(y<<(64-w*(i+1))) >> (64 - w)
			r |= uint64(f(a, b)) & (1<<w - 1) << (w * i)
		}
		return r
	}
}

func clamp(v, least, most int64) int64 { return min(max(v, least), most) }

// halfTests pairs the operators on halves with what they are lane by lane.
var halfTests = func() map[string][2]func(x, y uint64) uint64 {
	type fn = func(x, y uint64) uint64
	t := map[string][2]fn{}
	for _, s := range []struct {
		name                                       string
		n                                          int
		add, sub, ltS, ltU, minS, minU, maxS, maxU fn
		addS, addU, subS, subU, avgr               fn
		zero, mask, abs                            func(x uint64) uint64
		shl, shrS, shrU                            func(x uint64, n uint32) uint64
		bits                                       func(x uint64) uint32
	}{
		{"I8", 8, I8Add, I8Sub, I8LtS, I8LtU, I8MinS, I8MinU, I8MaxS, I8MaxU, I8AddSatS, I8AddSatU, I8SubSatS, I8SubSatU, I8Avgr, I8Zero, I8Mask, I8Abs, I8Shl, I8ShrS, I8ShrU, I8Bits},
		{"I16", 4, I16Add, I16Sub, I16LtS, I16LtU, I16MinS, I16MinU, I16MaxS, I16MaxU, I16AddSatS, I16AddSatU, I16SubSatS, I16SubSatU, I16Avgr, I16Zero, I16Mask, I16Abs, I16Shl, I16ShrS, I16ShrU, I16Bits},
	} {
		w := 64 / s.n
		top := int64(1) << (w - 1)
		u := func(v int64) int64 { return v & (2*top - 1) } // unsigned
		bit := func(b bool) int64 {
			if b {
				return top
			}
			return 0
		}
		lanes := func(f func(x, y int64) int64) fn { return naive(s.n, f) }
		one := func(f func(uint64) uint64) fn { return func(x, _ uint64) uint64 { return f(x) } }
		shift := func(f func(uint64, uint32) uint64) fn {
			return func(x, y uint64) uint64 { return f(x, uint32(y)) }
		}
		// A shift's count is not of a lane.
		shifted := func(f func(x int64, n uint) int64) fn {
			return func(x, y uint64) uint64 {
				return lanes(func(a, _ int64) int64 { return f(a, uint(y)&uint(w-1)) })(x, 0)
			}
		}
		for name, p := range map[string][2]fn{
			"Add":     {s.add, lanes(func(x, y int64) int64 { return x + y })},
			"Sub":     {s.sub, lanes(func(x, y int64) int64 { return x - y })},
			"LtS":     {s.ltS, lanes(func(x, y int64) int64 { return bit(x < y) })},
			"LtU":     {s.ltU, lanes(func(x, y int64) int64 { return bit(u(x) < u(y)) })},
			"MinS":    {s.minS, lanes(func(x, y int64) int64 { return min(x, y) })},
			"MinU":    {s.minU, lanes(func(x, y int64) int64 { return min(u(x), u(y)) })},
			"MaxS":    {s.maxS, lanes(func(x, y int64) int64 { return max(x, y) })},
			"MaxU":    {s.maxU, lanes(func(x, y int64) int64 { return max(u(x), u(y)) })},
			"AddSatS": {s.addS, lanes(func(x, y int64) int64 { return clamp(x+y, -top, top-1) })},
			"AddSatU": {s.addU, lanes(func(x, y int64) int64 { return clamp(u(x)+u(y), 0, 2*top-1) })},
			"SubSatS": {s.subS, lanes(func(x, y int64) int64 { return clamp(x-y, -top, top-1) })},
			"SubSatU": {s.subU, lanes(func(x, y int64) int64 { return clamp(u(x)-u(y), 0, 2*top-1) })},
			"Avgr":    {s.avgr, lanes(func(x, y int64) int64 { return (u(x) + u(y) + 1) / 2 })},
			"Zero":    {one(s.zero), lanes(func(x, _ int64) int64 { return bit(x == 0) })},
			"Mask": {func(x, _ uint64) uint64 {
				return s.mask(x & uint64(naive(s.n, func(_, _ int64) int64 { return top })(0, 0)))
			}, lanes(func(x, _ int64) int64 { return x >> 63 })},
			"Abs":  {one(s.abs), lanes(func(x, _ int64) int64 { return max(x, -x) })},
			"Shl":  {shift(s.shl), shifted(func(x int64, n uint) int64 { return x << n })},
			"ShrS": {shift(s.shrS), shifted(func(x int64, n uint) int64 { return x >> n })},
			"ShrU": {shift(s.shrU), shifted(func(x int64, n uint) int64 { return u(x) >> n })},
			"Bits": {func(x, _ uint64) uint64 { return uint64(s.bits(x)) }, func(x, _ uint64) (r uint64) {
				for i := range s.n {
					r |= x >> (w*(i+1) - 1) & 1 << i
				}
				return r
			}},
		} {
			t[s.name+name] = p
		}
	}
	i16 := func(f func(x, y int64) int64) fn { return naive(4, f) }
	t["I8Popcnt"] = [2]fn{func(x, _ uint64) uint64 { return I8Popcnt(x) }, naive(8, func(x, _ int64) int64 { return int64(bits.OnesCount8(uint8(x))) })}
	t["I16Mul"] = [2]fn{I16Mul, i16(func(x, y int64) int64 { return x * y })}
	t["I16Scale"] = [2]fn{
		func(x, y uint64) uint64 { return I16Scale(x, y&0xffff) },
		func(x, y uint64) uint64 { return i16(func(x, _ int64) int64 { return x * int64(y&0xffff) })(x, 0) },
	}
	t["I16Q15"] = [2]fn{I16Q15, i16(func(x, y int64) int64 { return clamp((x*y+0x4000)>>15, -1<<15, 1<<15-1) })}
	t["I8PairS"] = [2]fn{func(x, _ uint64) uint64 { return I8PairS(x) }, i16(func(x, _ int64) int64 { return int64(int8(x)) + x>>8 })}
	t["I8PairU"] = [2]fn{func(x, _ uint64) uint64 { return I8PairU(x) }, i16(func(x, _ int64) int64 { return x&0xff + x>>8&0xff })}
	t["I8Dot"] = [2]fn{I8Dot, i16(func(x, y int64) int64 { return int64(int8(x))*int64(int8(y)) + (x>>8)*(y>>8) })}
	t["Blend"] = [2]fn{func(x, y uint64) uint64 { return Blend(x, y, x*y) }, func(x, y uint64) uint64 { return x&(x*y) | y&^(x*y) }}
	t["I8ExtU"] = [2]fn{func(x, _ uint64) uint64 { return I8ExtU(uint32(x)) }, func(x, _ uint64) (r uint64) {
		for i := range 4 {
			r |= uint64(uint8(x>>(8*i))) << (16 * i)
		}
		return r
	}}
	t["I8ExtS"] = [2]fn{func(x, _ uint64) uint64 { return I8ExtS(uint32(x)) }, func(x, _ uint64) (r uint64) {
		for i := range 4 {
			r |= uint64(uint16(int8(x>>(8*i)))) << (16 * i)
		}
		return r
	}}
	t["I16ExtU"] = [2]fn{func(x, _ uint64) uint64 { return I16ExtU(uint32(x)) }, func(x, _ uint64) uint64 { return x&0xffff | x>>16&0xffff<<32 }}
	t["I8Even"] = [2]fn{func(x, _ uint64) uint64 { return I8Even(x) }, func(x, _ uint64) (r uint64) {
		for i := range 4 {
			r |= uint64(uint8(x>>(16*i))) << (8 * i)
		}
		return r
	}}
	narrow := func(least, most int64) fn {
		return func(x, _ uint64) (r uint64) {
			for i := range 4 {
				r |= uint64(uint8(clamp(int64(int16(x>>(16*i))), least, most))) << (8 * i)
			}
			return r
		}
	}
	t["I16NarrowS"] = [2]fn{func(x, _ uint64) uint64 { return I16NarrowS(x) }, narrow(-1<<7, 1<<7-1)}
	t["I16NarrowU"] = [2]fn{func(x, _ uint64) uint64 { return I16NarrowU(x) }, narrow(0, 1<<8-1)}
	word := func(f func(x, y uint32) uint32, g func(x, y int64) int64) [2]fn {
		return [2]fn{
			func(x, y uint64) uint64 { return uint64(f(uint32(x), uint32(y))) },
			func(x, y uint64) uint64 { return uint64(uint32(g(int64(int32(x)), int64(int32(y))))) },
		}
	}
	lo, hi := func(x int64) int64 { return int64(int16(x)) }, func(x int64) int64 { return int64(int16(x >> 16)) }
	t["I32NarrowS"] = word(func(x, _ uint32) uint32 { return uint32(I32NarrowS(x)) }, func(x, _ int64) int64 { return clamp(x, -1<<15, 1<<15-1) & 0xffff })
	t["I32NarrowU"] = word(func(x, _ uint32) uint32 { return uint32(I32NarrowU(x)) }, func(x, _ int64) int64 { return clamp(x, 0, 1<<16-1) })
	t["I32Abs"] = word(func(x, _ uint32) uint32 { return I32Abs(x) }, func(x, _ int64) int64 { return max(x, -x) })
	t["I32Dot"] = word(I32Dot, func(x, y int64) int64 { return lo(x)*lo(y) + hi(x)*hi(y) })
	t["I32PairS"] = word(func(x, _ uint32) uint32 { return I32PairS(x) }, func(x, _ int64) int64 { return lo(x) + hi(x) })
	t["I32PairU"] = word(func(x, _ uint32) uint32 { return I32PairU(x) }, func(x, _ int64) int64 { return x&0xffff + x>>16&0xffff })
	t["I32Dot8"] = word(I32Dot8, func(x, y int64) int64 {
		d := I8Dot(uint64(uint32(x)), uint64(uint32(y)))
		return int64(int16(d)) + int64(int16(d>>16))
	})
	t["I64Abs"] = [2]fn{func(x, _ uint64) uint64 { return I64Abs(x) }, naive(1, func(x, _ int64) int64 { return max(x, -x) })}
	vector := func(f func(x, y uint64) V128) fn {
		return func(x, y uint64) uint64 { v := f(x, y); return v.Lo ^ bits.RotateLeft64(v.Hi, 1) }
	}
	at := func(l [4]uint64, i uint64) uint64 { return l[i>>3] >> (8 * (i & 7)) & 0xff }
	t["Swizzle"] = [2]fn{
		vector(func(x, y uint64) V128 {
			return Swizzle(V128{x, y}, V128{x & 0x1f1f1f1f1f1f1f1f, y & 0x8f8f8f8f8f8f8f8f})
		}),
		vector(func(x, y uint64) (r V128) {
			for i := range 8 {
				if k := x & 0x1f1f1f1f1f1f1f1f >> (8 * i) & 0xff; k < 16 {
					r.Lo |= at([4]uint64{x, y}, k) << (8 * i)
				}
				if k := y & 0x8f8f8f8f8f8f8f8f >> (8 * i) & 0xff; k < 16 {
					r.Hi |= at([4]uint64{x, y}, k) << (8 * i)
				}
			}
			return r
		}),
	}
	t["Shuffle"] = [2]fn{
		vector(func(x, y uint64) V128 {
			return Shuffle(V128{x, y}, V128{^x, x * y}, V128{x & 0x1f1f1f1f1f1f1f1f, y & 0x1f1f1f1f1f1f1f1f})
		}),
		vector(func(x, y uint64) (r V128) {
			for i := range 8 {
				r.Lo |= at([4]uint64{x, y, ^x, x * y}, x>>(8*i)&31) << (8 * i)
				r.Hi |= at([4]uint64{x, y, ^x, x * y}, y>>(8*i)&31) << (8 * i)
			}
			return r
		}),
	}
	return t
}()

func TestVectorHalves(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	edges := []uint64{0, 1, 0x7f, 0x80, 0x81, 0xff, 0x7fff, 0x8000, 0x8001, 0xffff, 0x7fffffff, 0x80000000}
	value := func() uint64 {
		if r.IntN(2) == 0 {
			return r.Uint64()
		}
		var v uint64
		for range 8 {
			v = v<<8 ^ edges[r.IntN(len(edges))]
		}
		return v
	}
	for name, p := range halfTests {
		for range 5000 {
			x, y := value(), value()
			if r.IntN(8) == 0 {
				y = x
			}
			if got, want := p[0](x, y), p[1](x, y); got != want {
				t.Errorf("%s(%#016x, %#016x) = %#016x, want %#016x", name, x, y, got, want)
				break
			}
		}
	}
}

func TestVectorFloats(t *testing.T) {
	nan := math.NaN()
	values := []float64{0, math.Copysign(0, -1), 1, -1, 1.5, math.Inf(1), math.Inf(-1), nan, math.MaxFloat64, math.SmallestNonzeroFloat64}
	same := func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) }
	for _, x := range values {
		for _, y := range values {
			// The definitions of the spec: pmin is y if y < x, else x.
			lo, hi := x, x
			if y < x {
				lo = y
			}
			if x < y {
				hi = y
			}
			if got := F64Pmin(x, y); !same(got, lo) {
				t.Errorf("F64Pmin(%v, %v) = %v", x, y, got)
			}
			if got := F64Pmax(x, y); !same(got, hi) {
				t.Errorf("F64Pmax(%v, %v) = %v", x, y, got)
			}
			x, y := float32(x), float32(y)
			lo32, hi32 := x, x
			if y < x {
				lo32 = y
			}
			if x < y {
				hi32 = y
			}
			if got := F32Pmin(x, y); math.Float32bits(got) != math.Float32bits(lo32) {
				t.Errorf("F32Pmin(%v, %v) = %v", x, y, got)
			}
			if got := F32Pmax(x, y); math.Float32bits(got) != math.Float32bits(hi32) {
				t.Errorf("F32Pmax(%v, %v) = %v", x, y, got)
			}
		}
	}
}

// TestVectorInlining: what is said to be small must be inlined into any
// function, the rest into small ones.
func TestVectorInlining(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the package")
	}
	out, err := exec.Command("go", "build", "-gcflags=-m=2", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	costs := map[string]int{}
	for _, m := range regexp.MustCompile(`simd_\w+\.go:\d+:\d+: (?:can|cannot) inline (\w+).*?cost (\d+)`).FindAllStringSubmatch(string(out), -1) {
		costs[m[1]], _ = strconv.Atoi(m[2])
	}
	if len(costs) < 50 {
		t.Fatalf("no costs in\n%.2000s", out)
	}
	for _, file := range []string{"simd_int.go", "simd_float.go"} {
		for _, m := range regexp.MustCompile(`(?m)^((?://.*\n)+)func (\w+)`).FindAllStringSubmatch(readFile(t, file), -1) {
			most := 80
			switch {
			case strings.Contains(m[1], "Small."):
				most = 20
			case strings.Contains(m[1], "A call"):
				continue
			}
			if c, ok := costs[m[2]]; !ok || c > most {
				t.Errorf("%s has cost %d (known: %v), want at most %d", m[2], c, ok, most)
			}
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
