//go:build unix

package sockets

import "syscall"

type rawConn interface {
	SyscallConn() (syscall.RawConn, error)
}

// setHopLimit sets the time to live of packets.
func setHopLimit(c rawConn, family IPAddressFamily, n int) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var set error
	err = raw.Control(func(fd uintptr) {
		if family == IPAddressFamilyIPv4 {
			set = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, syscall.IP_TTL, n)
		} else {
			set = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IPV6, syscall.IPV6_UNICAST_HOPS, n)
		}
	})
	if err != nil {
		return err
	}
	return set
}
