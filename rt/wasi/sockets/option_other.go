//go:build !unix

package sockets

type rawConn any

// setHopLimit does nothing here: the limit is a hint.
func setHopLimit(rawConn, IPAddressFamily, int) error { return nil }
