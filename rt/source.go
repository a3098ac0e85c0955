package rt

import "embed"

// Source holds the Go files of this package. It is for wc2go build, whose
// programs are compiled from the copy of rt inside the wc2go binary; a
// program that does not refer to it does not carry it.
//
//go:embed *.go
var Source embed.FS
