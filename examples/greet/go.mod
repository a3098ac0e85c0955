module example.com/greet

go 1.26

require github.com/wc2go/wc2go v0.0.0

replace github.com/wc2go/wc2go => ../..

tool github.com/wc2go/wc2go/cmd/wc2go
