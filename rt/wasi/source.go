package wasi

import "embed"

// Source holds the Go files of this package and the ones below it, for wc2go
// build like rt.Source.
//
//go:embed *.go */*.go
var Source embed.FS
