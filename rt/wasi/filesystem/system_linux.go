package filesystem

import (
	"syscall"
	"time"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi/clocks"
)

func statTimes(st *syscall.Stat_t, s *DescriptorStat) {
	s.DataAccessTimestamp = rt.Some(clocks.FromTime(time.Unix(st.Atim.Unix())))
	s.StatusChangeTimestamp = rt.Some(clocks.FromTime(time.Unix(st.Ctim.Unix())))
}
