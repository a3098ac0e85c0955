package serve

import "embed"

// Source holds the Go files of this package, for wc2go build like rt.Source.
//
//go:embed *.go
var Source embed.FS
