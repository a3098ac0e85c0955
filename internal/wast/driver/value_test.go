package driver

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/wc2go/wc2go/rt"
)

func TestMatch(t *testing.T) {
	f32 := func(b uint32) rt.CoreValue { return rt.CoreFloat32(math.Float32frombits(b)) }
	f64 := func(b uint64) rt.CoreValue { return rt.CoreFloat64(math.Float64frombits(b)) }
	for _, x := range []struct {
		got  rt.CoreValue
		want string
		ok   bool
	}{
		{rt.CoreU32(0xffffffff), `{"type":"i32","value":"-1"}`, true},
		{rt.CoreU32(0xffffffff), `{"type":"i32","value":"4294967295"}`, true},
		{rt.CoreU64(1 << 63), `{"type":"i64","value":"-9223372036854775808"}`, true},
		{rt.CoreU64(5), `{"type":"i32","value":"5"}`, false},
		{f32(0x80000000), `{"type":"f32","value":"0"}`, false},
		{f32(0x7fc00000), `{"type":"f32","value":"nan:canonical"}`, true},
		{f32(0xffc00000), `{"type":"f32","value":"nan:canonical"}`, true},
		{f32(0x7fc00001), `{"type":"f32","value":"nan:canonical"}`, false},
		{f32(0x7fc00001), `{"type":"f32","value":"nan:arithmetic"}`, true},
		{f64(0x7ff8000000000001), `{"type":"f64","value":"nan:arithmetic"}`, true},
		{f64(0x7ff4000000000000), `{"type":"f64","value":"nan:arithmetic"}`, false},
		{f64(0x7ff0000000000000), `{"type":"f64","value":"nan:canonical"}`, false},
		{rt.CoreVector(rt.V128{Lo: 0x04030201_ffffffff, Hi: 1}), `{"type":"v128","lane_type":"i32","value":["-1","67305985","1","0"]}`, true},
		{rt.CoreVector(rt.V128{Lo: 0x0001ff, Hi: 0}), `{"type":"v128","lane_type":"i8","value":["255","1","0","0","0","0","0","0","0","0","0","0","0","0","0","0"]}`, true},
		{rt.CoreVector(rt.V128{Lo: 0x7fc00000, Hi: 0x7ff80000 << 32}), `{"type":"v128","lane_type":"f32","value":["nan:canonical","0","0","0"]}`, false},
		{rt.CoreVector(rt.V128{Lo: 0, Hi: 0x7ff80000 << 32}), `{"type":"v128","lane_type":"f64","value":["0","nan:canonical"]}`, true},
		{rt.CoreU32(2), `{"type":"either","values":[{"type":"i32","value":"1"},{"type":"i32","value":"2"}]}`, true},
		{rt.CoreU32(3), `{"type":"either","values":[{"type":"i32","value":"1"},{"type":"i32","value":"2"}]}`, false},
		{rt.CoreHostRef(nil), `{"type":"externref","value":"null"}`, true},
		{rt.CoreHostRef(nil), `{"type":"refnull"}`, true},
		{rt.CoreHostRef(nil), `{"type":"externref"}`, false},
		{rt.CoreHostRef(hostRef(2)), `{"type":"externref","value":"2"}`, true},
		{rt.CoreHostRef(hostRef(2)), `{"type":"externref","value":"3"}`, false},
		{rt.CoreHostRef(hostRef(2)), `{"type":"funcref"}`, false},
		{rt.CoreReference(&rt.FuncRef{}), `{"type":"funcref"}`, true},
		{rt.CoreReference[*rt.FuncRef](nil), `{"type":"funcref"}`, false},
		{rt.CoreReference[*rt.FuncRef](nil), `{"type":"nullfuncref"}`, true},
	} {
		var want Value
		if err := json.Unmarshal([]byte(x.want), &want); err != nil {
			t.Fatal(err)
		}
		if match(&x.got, &want) != x.ok {
			t.Errorf("%s against %s: not %v", show(&x.got), x.want, x.ok)
		}
	}
}
