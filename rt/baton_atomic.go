//go:build !amd64 || race

package rt

const plainClear = false

// clear gives the baton back.
func (b *baton) clear() { b.busy.Store(0) }
