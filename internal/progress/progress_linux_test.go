package progress

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal opens a pseudo-terminal of that many columns: what is written to tty can be
// read from the other end.
func terminal(t *testing.T, columns uint16) (other, tty *os.File) {
	t.Helper()
	other, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { other.Close() })
	n, err := unix.IoctlGetInt(int(other.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(other.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(other.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: columns, Row: columns / 2})
	}
	if err != nil {
		t.Skip(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { tty.Close() })
	return other, tty
}

// A phase is shown on a terminal, also on one that has no size.
func TestShown(t *testing.T) {
	t.Setenv("TERM", "xterm")
	for _, columns := range []uint16{100, 0} {
		other, tty := terminal(t, columns)
		p := New(tty)
		if p == nil {
			t.Fatal("nothing is shown on a terminal")
		}
		p.Phase("translate", 0)
		shown := make(chan bool)
		go func() {
			var text []byte
			for b := make([]byte, 1024); ; {
				n, err := other.Read(b)
				text = append(text, b[:n]...)
				if found := bytes.Contains(text, []byte("translate")); found || err != nil {
					shown <- found
					return
				}
			}
		}()
		select {
		case ok := <-shown:
			if !ok {
				t.Errorf("%d columns: nothing is shown", columns)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%d columns: nothing is shown", columns)
		}
		p.Done()
	}
}

func TestQuiet(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if p := New(w); p != nil {
		t.Error("progress is shown on a pipe")
	}
	t.Setenv("TERM", "dumb")
	if _, tty := terminal(t, 80); New(tty) != nil {
		t.Error("progress is shown on a dumb terminal")
	}
}
