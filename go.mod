module github.com/wc2go/wc2go

go 1.26
