//go:build unix && !linux

package filesystem

import "syscall"

func statTimes(*syscall.Stat_t, *DescriptorStat) {}
