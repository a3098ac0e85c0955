package validate

import (
	"errors"
	"testing"

	"github.com/wc2go/wc2go/frontend/binary"
)

// FuzzDecodeModule checks that any input is either a valid module or refused
// with one error at an offset inside of it.
func FuzzDecodeModule(f *testing.F) {
	const types = "\x03\x60\x00\x00\x60\x01\x7f\x01\x7f\x50\x00\x5f\x01\x63\x02\x01"
	extra := []string{
		coreSection(4, "\x01\x70\x00\x01"), coreSection(5, "\x01\x00\x01"), coreSection(13, "\x01\x00\x00"),
		coreSection(6, "\x01\x7f\x01\x41\x2a\x0b"), coreSection(7, "\x01\x01f\x00\x00"),
		coreSection(9, "\x01\x00\x41\x00\x0b\x01\x00"), coreSection(12, "\x00"),
	}
	for _, body := range []string{
		"",
		"\x02\x40\x41\x01\x0d\x00\x0b", // block, br_if
		"\x41\x00\x04\x7f\x41\x01\x05\x41\x02\x0b\x1a", // if else
		"\x41\x00\x0e\x01\x00\x00",                     // br_table
		"\x41\x00\x28\x02\x00\x1a\x10\x00",             // load, call
		"\xfd\x0c0123456789abcdef\xfd\x15\x03\x1a",
		"\xd0\x02\xfb\x02\x02\x00\x1a", // struct.get
		"\x1f\x40\x01\x00\x00\x00\x08\x00\x0b",
		"\x06\x40\x07\x00\x0b",
		"\xfe\x03\x00\xfc\x0b\x00",
		"\x42\x00\x42\x00\xfc\x15\x1a\x1a",
		"\x00\xd2\x00\xfb\x18\x03\x00\x70\x73",
	} {
		f.Add([]byte(funcModule(types, body, extra...)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const base = 16
		m, err := binary.DecodeModule(data, base)
		if err == nil {
			err = Module(m, AllFeatures())
		}
		var e *binary.Error
		if err != nil && (!errors.As(err, &e) || e.Offset < base || e.Offset > base+len(data) || e.Message == "") {
			t.Fatalf("%#v", err)
		}
	})
}
