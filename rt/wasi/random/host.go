package random

import (
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/wc2go/wc2go/rt/wasi"
)

// maxBytes bounds one request: the guest could not hold more anyway.
const maxBytes = 1 << 28

func bytes(r io.Reader, n uint64) ([]byte, error) {
	if n > maxBytes {
		return nil, errors.New("wasi:random: too many bytes asked for at once")
	}
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}

func number(r io.Reader) (uint64, error) {
	b, err := bytes(r, 8)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b), nil
}

type random struct{ r io.Reader }

// RandomFrom gives the host's source of random bytes.
func RandomFrom(h *wasi.Host) Random { return random{h.Rand} }

func (r random) GetRandomBytes(_ context.Context, n uint64) ([]byte, error) { return bytes(r.r, n) }
func (r random) GetRandomU64(context.Context) (uint64, error)               { return number(r.r) }

type insecure struct{ r io.Reader }

// InsecureFrom gives the host's source of insecure random bytes.
func InsecureFrom(h *wasi.Host) Insecure { return insecure{h.InsecureRand} }

func (r insecure) GetInsecureRandomBytes(_ context.Context, n uint64) ([]byte, error) {
	return bytes(r.r, n)
}
func (r insecure) GetInsecureRandomU64(context.Context) (uint64, error) { return number(r.r) }

// InsecureSeedFrom gives seeds from the host's insecure source.
func InsecureSeedFrom(h *wasi.Host) InsecureSeed { return insecure{h.InsecureRand} }

func (r insecure) InsecureSeed(context.Context) (uint64, uint64, error) {
	a, err := number(r.r)
	if err != nil {
		return 0, 0, err
	}
	b, err := number(r.r)
	return a, b, err
}
