package rt

import (
	"strings"
	"testing"
)

func TestLongBacktrace(t *testing.T) {
	s := (&Trap{Frames: make([]Frame, 100)}).Backtrace()
	if n := strings.Count(s, "\n"); n != maxPrinted+1 || !strings.Contains(s, "60 frames left out") || !strings.Contains(s, "   99: ") {
		t.Errorf("%d lines:\n%s", n, s)
	}
}

func TestDemangle(t *testing.T) {
	for in, want := range map[string]string{
		"_ZN4core9panicking5panic17h0123456789abcdefE":                                     "core::panicking::panic",
		"_ZN4core9panicking5panic17h0123456789abcdefE.llvm.123":                            "core::panicking::panic",
		"_ZN50_$LT$T$u20$as$u20$core..convert..Into$LT$U$GT$$GT$4into17h0123456789abcdefE": "<T as core::convert::Into<U>>::into",
		"_ZN44_$LT$$RF$T$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE":        "<&T as core::fmt::Display>::fmt",
		"_ZN3std2rt10lang_start28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE":         "std::rt::lang_start::{{closure}}",
		"_ZN3foo3barE": "_ZN3foo3barE", // C++
		"_ZN99fooE":    "_ZN99fooE",
		"main":         "main",
	} {
		if got := demangle(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// TestBadTables reads what is no table.
func TestBadTables(t *testing.T) {
	for _, s := range []string{"", "\x01", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\x02\x01\x01a\x05", "\x00\x00\x05\x01\x01\x01\x05aaa", strings.Repeat("\x7f", 100)} {
		var d debugInfo
		d.init(&s, &s)
		for i := range d.shards {
			d.shards[i].offset(5, true)
		}
		for m := range d.source.modules {
			d.source.symbols(m, 1<<31)
		}
	}
}
